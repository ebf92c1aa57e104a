//! Meta's three products have one dashboard, and Instagram Login and Threads one flow: what differs between them is here.

use crate::http::Call;
use crate::ids;
use crate::pages::Section;
use crate::world::{MetaWorld, Person, Product, World};

/// Which of the three a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// Under `/instagram` (fact sheet 1).
    Instagram,
    /// Under `/threads` (fact sheet 3).
    Threads,
    /// Under `/facebook` (fact sheet 2).
    Facebook,
}

/// What people and programs read.
pub(crate) struct Words {
    /// The client id's name in the dashboard.
    pub(crate) app_id: &'static str,
    pub(crate) app_secret: &'static str,
    pub(crate) setup: &'static str,
    /// The heading above the redirect URIs.
    pub(crate) settings: &'static str,
    pub(crate) tester: &'static str,
    pub(crate) lead: &'static str,
    /// `type` of an error about the request.
    pub(crate) request_error: &'static str,
    /// How `/me` calls what it answers.
    pub(crate) node: &'static str,
}

const INSTAGRAM: Words = Words {
    app_id: "Instagram app ID",
    app_secret: "Instagram app secret",
    setup: "API setup with Instagram login",
    settings: "Business login settings",
    tester: "Instagram Tester",
    lead: "Apps that log people in with today\u{2019}s Instagram Login.",
    request_error: "IGApiException",
    node: "IGUser",
};

const THREADS: Words = Words {
    app_id: "Threads app ID",
    app_secret: "Threads app secret",
    setup: "Access the Threads API",
    settings: "Settings",
    tester: "Threads Tester",
    lead: "Apps that log people in with Threads.",
    // No source shows an error of this kind from Threads.
    request_error: "THApiException",
    node: "ThreadsUser",
};

const FACEBOOK: Words = Words {
    app_id: "App ID",
    app_secret: "App secret",
    setup: "Facebook Login for Business",
    settings: "Client OAuth settings",
    tester: "Tester",
    lead: "Apps that log people in with Facebook and reach the Instagram accounts that are linked to their Pages.",
    request_error: "GraphMethodException",
    node: "User",
};

/// The permissions of Instagram Login (fact sheet 1.8): name and meaning, the mandatory one first.
const INSTAGRAM_SCOPES: [(&str, &str); 5] = [
    ("instagram_business_basic", "See your profile and your media"),
    ("instagram_business_content_publish", "Publish media for you"),
    ("instagram_business_manage_comments", "Read, answer and hide comments"),
    ("instagram_business_manage_messages", "Read and send messages"),
    (
        "instagram_business_manage_insights",
        "See insights of your account and media",
    ),
];

/// The permissions of Threads (fact sheet 3).
const THREADS_SCOPES: [(&str, &str); 11] = [
    ("threads_basic", "See your profile and your posts"),
    ("threads_content_publish", "Publish posts for you"),
    ("threads_read_replies", "Read replies to your posts"),
    ("threads_manage_replies", "Answer and hide replies"),
    ("threads_manage_insights", "See insights of your account and posts"),
    ("threads_keyword_search", "Search public posts by words"),
    ("threads_manage_mentions", "See posts that mention you"),
    ("threads_delete", "Delete your posts"),
    ("threads_location_tagging", "Find places and tag them"),
    ("threads_profile_discovery", "Look up public profiles"),
    ("threads_share_to_instagram", "Share your posts to Instagram"),
];

/// The permissions of Facebook Login that matter for Instagram (fact sheet 1.8, 2.1), after the one that comes by itself.
const FACEBOOK_SCOPES: [(&str, &str); 14] = [
    ("public_profile", "Your name and your profile picture"),
    ("email", "Your email address"),
    ("pages_show_list", "See the Pages that you manage"),
    ("pages_read_engagement", "Read the content of your Pages"),
    ("pages_manage_metadata", "Manage settings and webhooks of your Pages"),
    ("business_management", "Manage your business portfolio"),
    ("instagram_basic", "See the linked Instagram account and its media"),
    (
        "instagram_content_publish",
        "Publish media to the linked Instagram account",
    ),
    ("instagram_manage_comments", "Read, answer and hide comments"),
    ("instagram_manage_insights", "See insights of the Instagram account"),
    ("instagram_manage_messages", "Read and send messages"),
    ("instagram_shopping_tag_products", "Tag products in media"),
    ("ads_management", "Manage ads"),
    ("ads_read", "Read reports about ads"),
];

impl Flavour {
    /// By the path that was called.
    pub(crate) fn of(call: &Call) -> Self {
        match call.path.split('/').nth(1) {
            Some("threads") => Self::Threads,
            Some("facebook") => Self::Facebook,
            _ => Self::Instagram,
        }
    }

    /// The flavour of one of Meta's products of today.
    pub(crate) const fn of_product(product: Product) -> Option<Self> {
        match product {
            Product::Instagram => Some(Self::Instagram),
            Product::Threads => Some(Self::Threads),
            Product::Facebook => Some(Self::Facebook),
            Product::Legacy | Product::Standard => None,
        }
    }

    pub(crate) const fn product(self) -> Product {
        match self {
            Self::Instagram => Product::Instagram,
            Self::Threads => Product::Threads,
            Self::Facebook => Product::Facebook,
        }
    }

    /// The path below which the product is served.
    pub(crate) const fn base(self) -> &'static str {
        match self {
            Self::Instagram => "/instagram",
            Self::Threads => "/threads",
            Self::Facebook => "/facebook",
        }
    }

    /// A path of the product.
    pub(crate) fn path(self, rest: &str) -> String {
        format!("{}/{rest}", self.base())
    }

    pub(crate) const fn section(self) -> Section {
        match self {
            Self::Instagram => Section::Instagram,
            Self::Threads => Section::Threads,
            Self::Facebook => Section::Facebook,
        }
    }

    pub(crate) const fn words(self) -> &'static Words {
        match self {
            Self::Instagram => &INSTAGRAM,
            Self::Threads => &THREADS,
            Self::Facebook => &FACEBOOK,
        }
    }

    /// Name and meaning of each permission; the first is the mandatory one.
    pub(crate) const fn scopes(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Instagram => &INSTAGRAM_SCOPES,
            Self::Threads => &THREADS_SCOPES,
            Self::Facebook => &FACEBOOK_SCOPES,
        }
    }

    /// The permission that every login has.
    pub(crate) const fn base_scope(self) -> &'static str {
        match self {
            Self::Instagram => "instagram_business_basic",
            Self::Threads => "threads_basic",
            Self::Facebook => "public_profile",
        }
    }

    pub(crate) const fn exchange_grant(self) -> &'static str {
        match self {
            Self::Instagram => "ig_exchange_token",
            Self::Threads => "th_exchange_token",
            Self::Facebook => "fb_exchange_token",
        }
    }

    /// `None`: there is no refresh.
    pub(crate) const fn refresh_grant(self) -> Option<&'static str> {
        match self {
            Self::Instagram => Some("ig_refresh_token"),
            Self::Threads => Some("th_refresh_token"),
            Self::Facebook => None,
        }
    }

    /// What its tokens begin with.
    pub(crate) const fn token_mark(self) -> &'static str {
        match self {
            Self::Instagram => ids::INSTAGRAM_TOKEN,
            Self::Threads => ids::THREADS_TOKEN,
            Self::Facebook => ids::FACEBOOK_TOKEN,
        }
    }

    /// The first letters of every token of the product, sandbox or not.
    pub(crate) const fn token_shape(self) -> &'static str {
        match self {
            Self::Instagram => "IG",
            Self::Threads => "TH",
            Self::Facebook => "EA",
        }
    }

    /// Only professional accounts log in with Instagram Login; the others take every account.
    pub(crate) fn takes(self, person: &Person) -> bool {
        self != Self::Instagram || person.account_type.is_professional()
    }

    pub(crate) const fn world(self, world: &World) -> &MetaWorld {
        match self {
            Self::Instagram => &world.instagram,
            Self::Threads => &world.threads,
            Self::Facebook => &world.facebook,
        }
    }

    pub(crate) const fn world_mut(self, world: &mut World) -> &mut MetaWorld {
        match self {
            Self::Instagram => &mut world.instagram,
            Self::Threads => &mut world.threads,
            Self::Facebook => &mut world.facebook,
        }
    }
}
