//! All calls there are.

use super::Act::{Later, Now};
use super::{Word, callbacks, clock, faults, journal, people, scenario, tokens, usage, world};

const fn get(path: &'static str, takes: &'static str, answers: &'static str, act: super::Act) -> Word {
    Word {
        get: true,
        path,
        takes,
        answers,
        act,
    }
}

const fn post(path: &'static str, takes: &'static str, answers: &'static str, act: super::Act) -> Word {
    Word {
        get: false,
        path,
        takes,
        answers,
        act,
    }
}

const TOKENS: &str = "tokens: how many";
const SEEDED: &str = "people, apps, pages, tokens: what was made, by the names that were given";
const CLOCK: &str = "now (seconds since 1970), frozen";

pub(super) const WORDS: &[Word] = &[
    post(
        "person",
        "username, account_type? (Business, Media_Creator, Personal)",
        "the person, added if new",
        Now(people::person),
    ),
    get("people", "", "all people", Now(people::people)),
    post(
        "page",
        "name, owner, instagram?, portfolio?",
        "the Facebook Page",
        Now(people::page),
    ),
    get("pages", "", "all Facebook Pages", Now(people::pages)),
    post("remove_pages", "person", "nothing", Now(people::remove_pages)),
    post(
        "app",
        "product, name?, redirect_uris, owner?, development?, testers?, allow_loopback_http?, allow_implicit?, \
         enforce_signed_requests?, public?, without_pkce?, deauthorize_url?, deletion_url?, require_app_secret?, \
         configurations? ([name, system_user?, permissions])",
        "product, client_id, client_secret, meta_app_id, config_ids, redirect_uris, authorize_url, token_url",
        Now(people::app),
    ),
    get(
        "apps",
        "product",
        "the apps of the product, as above",
        Now(people::apps),
    ),
    post(
        "seed",
        "what is to be there: clock? {now?, frozen?}, behaviour? {switches}, people? {username: {account_type?, full_name?, \
         page?}}, apps? {name: as app}, pages? {name: as page}, tokens? {name: {app, person, age_seconds?}}, faults? [as \
         fault] and usages? [as usage], client_id an app's name",
        SEEDED,
        Now(scenario::seed),
    ),
    get("seed", "", SEEDED, Now(scenario::seeded)),
    post(
        "approve",
        "url, person?, untick?, deny?",
        "redirect_url",
        Later(people::approve),
    ),
    post(
        "mint_token",
        "product, person, age_seconds?, client_id?",
        "client_id, access_token, refresh_token, username, user_id, issued_at, expires_at",
        Now(tokens::mint),
    ),
    post("expire", "person, product?", TOKENS, Now(tokens::expire)),
    post(
        "invalidate",
        "person, product?, why (app_removed, checkpoint, password_changed, unconfirmed, invalid, role_lost)",
        TOKENS,
        Now(tokens::invalidate),
    ),
    post(
        "clear_checkpoint",
        "person, product?",
        TOKENS,
        Now(tokens::clear_checkpoint),
    ),
    get("clock", "", CLOCK, Now(clock::show)),
    post("clock/advance", "seconds", CLOCK, Now(clock::advance)),
    post("clock/set", "now", CLOCK, Now(clock::set)),
    post("clock/freeze", "now?", CLOCK, Now(clock::freeze)),
    post("clock/unfreeze", "", CLOCK, Now(clock::unfreeze)),
    post(
        "fault",
        "endpoint?, kind? (status, throttle, outage, slow, truncated, oversized, malformed, lost, reset, redirect), \
         product?, account?, client_id?, times? or for_seconds? or lasting?; status: status, body?, headers?; throttle: code?, \
         minutes?; outage: code?; slow: delay_ms?, dribble?; oversized: mib?; malformed: form? (text, html, empty, array, \
         trailing_garbage, byte_order_mark); redirect: location?",
        "nothing",
        Now(faults::add),
    ),
    get(
        "faults",
        "",
        "the faults that still wait for their calls",
        Now(faults::list),
    ),
    post("clear_faults", "", "nothing", Now(faults::clear)),
    post(
        "usage",
        "product?, client_id?, account?; percent of call_count?, total_cputime?, total_time?; \
         estimated_time_to_regain_access? (minutes, of an account); for_seconds?",
        "nothing; answers that succeed carry X-App-Usage, or of an account X-Business-Use-Case-Usage",
        Now(usage::set),
    ),
    get("usages", "", "the numbers that are told now", Now(usage::list)),
    post("clear_usages", "", "nothing", Now(usage::clear)),
    get(
        "calls",
        "endpoint?, account?, status?, since? (a number)",
        "what was called, oldest first, never with secrets",
        Now(journal::calls),
    ),
    post(
        "deliver_deauthorize",
        "product, client_id, person",
        "the delivery",
        Later(callbacks::deauthorize),
    ),
    post(
        "deliver_deletion",
        "product, client_id, person",
        "the delivery, with status_url and confirmation_code",
        Later(callbacks::deletion),
    ),
    post(
        "subscribe_webhook",
        "product, client_id, callback_url, verify_token, fields?",
        "the delivery of the challenge",
        Later(callbacks::subscribe),
    ),
    post(
        "deliver_webhook",
        "product, client_id, payload?",
        "the delivery",
        Later(callbacks::webhook),
    ),
    get(
        "deliveries",
        "",
        "what the platform sent to apps, oldest first",
        Now(callbacks::deliveries),
    ),
    get("behaviour", "", "all switches", Now(world::behaviour)),
    post(
        "behaviour",
        "switches to change; profile (production, documented) first",
        "all switches",
        Now(world::set_behaviour),
    ),
    get("world", "", "the world, to keep", Now(world::save)),
    post("reset", "", "nothing", Now(world::reset)),
];
