/** What a sandbox takes and answers. */

import type { UserId } from './account.js';
import type { MintedToken, SandboxApp } from './sandbox_app.js';
import type { Scenario } from './scenario.js';
import type { Moment } from './time.js';

/** What a sandbox plays. */
export type Product = 'instagram' | 'facebook' | 'threads' | 'legacy' | 'standard';

/** Why tokens die before their time. */
export type Ended = 'app_removed' | 'checkpoint' | 'password_changed' | 'unconfirmed' | 'invalid' | 'role_lost';

/** The kind of an account, as the platform spells it. */
export type AccountType = 'Business' | 'Media_Creator' | 'Personal';

/** How a sandbox starts. */
export interface SandboxOptions {
  /** The port; any free one by default. */
  readonly port?: number | undefined;
  /** What ids and tokens are made of: the same seed makes the same ones. */
  readonly seed?: number | undefined;
  /** A world that `saveWorld()` answered. */
  readonly world?: string | undefined;
  /** Whose account of the platform is followed where they differ: as `production` is reported to answer, or as it is `documented`. */
  readonly profile?: 'production' | 'documented' | undefined;
  /** Where its clock starts; by default at the machine's present. */
  readonly clockStart?: Moment | undefined;
  /** What is there from the start, as for `Sandbox.seed()`; `Sandbox.seeded` answers what was made. */
  readonly scenario?: Scenario | string | URL | undefined;
}

/** An app to register. */
export interface SandboxAppOptions {
  /** Registered redirect URIs; `https://localhost/` by default. */
  readonly redirectUri?: string | readonly string[] | undefined;
  /** Its name. */
  readonly name?: string | undefined;
  /** Username of the developer. */
  readonly owner?: string | undefined;
  /** Only its owner and invited people can authorize it. */
  readonly development?: boolean | undefined;
  /** `instagram`: accepts http on this machine, which the platform does not. */
  readonly allowLoopbackHttp?: boolean | undefined;
  /** Meta's products: people who have accepted a tester's role. */
  readonly testers?: readonly string[] | undefined;
  /** Meta's products: is told when a person removes the app; on this machine. */
  readonly deauthorizeUrl?: string | undefined;
  /** Meta's products: is asked to delete a person's data; on this machine. */
  readonly deletionUrl?: string | undefined;
  /** `facebook`: API calls must carry `appsecret_proof`. */
  readonly requireAppSecret?: boolean | undefined;
  /** `facebook`: saved Login configurations, each of which gets a `config_id`. */
  readonly configurations?: readonly LoginConfiguration[] | undefined;
  /** `legacy`: accepts `response_type=token`. */
  readonly allowImplicit?: boolean | undefined;
  /** `legacy`: API calls must be signed. */
  readonly enforceSignedRequests?: boolean | undefined;
  /** `standard`: no client secret. */
  readonly public?: boolean | undefined;
  /** `standard`: accepts requests without PKCE. */
  readonly withoutPkce?: boolean | undefined;
}

/** A saved configuration of Facebook Login for Business. */
export interface LoginConfiguration {
  readonly name: string;
  /** What a person grants, all or nothing. */
  readonly permissions: readonly string[];
  /** It gives a system user's token instead of the person's own. */
  readonly systemUser?: boolean | undefined;
}

/** A Facebook Page. */
export interface SandboxPage {
  readonly id: string;
  readonly name: string;
  /** Username of the person who manages it. */
  readonly owner: string;
  /** Username of the Instagram account that is linked to it. */
  readonly instagram: string | null;
  /** Owned by a business portfolio: hidden without `business_management`. */
  readonly portfolio: boolean;
}

/** Which calls go wrong, and how often: the next one by default. */
export interface FaultScope {
  /** The next so many calls. */
  readonly times?: number | undefined;
  /** For so many seconds of sandbox time. */
  readonly forSeconds?: number | undefined;
  /** Until `clearFaults()`. */
  readonly lasting?: boolean | undefined;
  /** Of one product alone. */
  readonly product?: Product | undefined;
  /** For one person alone. */
  readonly account?: string | undefined;
  /** Of one app alone. */
  readonly clientId?: string | undefined;
}

/** What goes wrong. */
export type FaultKind =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** `code` 4, 17, 32, 613 or 80002, with the usage headers; minutes until access comes back. */
  | { readonly kind: 'throttle'; readonly code?: number; readonly minutes?: number }
  /** `code` 1 or 2 with `is_transient`, or 0 for a proxy's page. */
  | { readonly kind: 'outage'; readonly code?: 0 | 1 | 2 }
  /** The real answer, late, or byte by byte. */
  | { readonly kind: 'slow'; readonly delayMs?: number; readonly dribble?: boolean }
  /** The real answer without its second half; acted on and lost; not acted on. */
  | { readonly kind: 'truncated' | 'lost' | 'reset' }
  | { readonly kind: 'oversized'; readonly mib?: number }
  | {
      readonly kind: 'malformed';
      readonly form?: 'text' | 'html' | 'empty' | 'array' | 'trailing_garbage' | 'byte_order_mark';
    }
  | { readonly kind: 'redirect'; readonly location?: string };

/** What a person decides. */
export interface Approval {
  /** Who; `studio` by default. */
  readonly person?: string | undefined;
  /** Permissions to refuse. */
  readonly untick?: Iterable<string> | undefined;
  /** Presses *Cancel*. */
  readonly deny?: boolean | undefined;
}

/** A sandbox person: whom one picks instead of typing a password. All are made up. */
export interface SandboxPerson {
  /** The unique name; ends with `.sandbox`. */
  readonly username: string;
  /** The name that is shown. */
  readonly fullName: string;
  /** Professional or personal. */
  readonly accountType: AccountType;
  /** The id on today's platform. */
  readonly userId: UserId;
  /** The id on the platform of the 2010s. */
  readonly legacyId: string;
  /** Pictures posted. */
  readonly mediaCount: number;
  /** Accounts that this one follows. */
  readonly followsCount: number;
  /** Accounts that follow this one. */
  readonly followersCount: number;
}

/** A call that a sandbox answered; never with secrets. */
export interface SandboxCall {
  /** When, in sandbox time. */
  readonly at: Date;
  /** The route. */
  readonly endpoint: string;
  /** `GET`, `POST`, … */
  readonly method: string;
  /** HTTP status of the answer. */
  readonly status: number;
  /** `grant_type` of a token request. */
  readonly grantType?: string;
  /** The username whom the answer is about. */
  readonly account?: string;
  /** The app that called. */
  readonly clientId?: string;
  /** Its number since the start or the last reset, from 1 on. */
  readonly number: number;
  /** The kind of the fault that it was given. */
  readonly fault?: string;
}

/** A fault that waits for its calls. */
export type AskedFault = FaultKind & FaultScope & { readonly endpoint: string };

/** Which calls are told numbers of the usage headers, and for how long. */
export interface UsageScope {
  /** Of one product alone. */
  readonly product?: Product | undefined;
  /** Of one app alone. */
  readonly clientId?: string | undefined;
  /** Username of a person: the numbers are then their account's, and come as `X-Business-Use-Case-Usage`. */
  readonly account?: string | undefined;
  /** For so many seconds of sandbox time; until others are set by default. */
  readonly forSeconds?: number | undefined;
}

/** Numbers of the usage headers, in percent. */
export interface Usage {
  readonly callCount?: number | undefined;
  readonly totalCputime?: number | undefined;
  readonly totalTime?: number | undefined;
  /** Minutes; of an account alone. */
  readonly estimatedTimeToRegainAccess?: number | undefined;
}

/** What sources disagree on. */
export interface Switches {
  /** Instagram: answers come as `{"data": [{…}]}`. */
  readonly wrappedAnswers: boolean;
  /** Instagram: `user_id` of the code exchange is a JSON integer above 2^53 instead of a text. */
  readonly integerIds: boolean;
  /** Instagram: `permissions` is an array instead of names with commas between them. */
  readonly permissionsArray: boolean;
  /** Instagram: errors of the authorize page are an HTML page instead of JSON. */
  readonly htmlAuthorizeErrors: boolean;
  /** Instagram: `#_` is appended to the redirect. */
  readonly fragmentMarker: boolean;
  /** Instagram: an expired token is answered with `error_subcode` 463 beside code 190. */
  readonly errorSubcodes: boolean;
  /** Instagram: a refresh answers the same token with a new life instead of another token. */
  readonly sameTokenOnRefresh: boolean;
  /** Instagram: the code for a refresh of a token younger than 24 hours. */
  readonly tooYoungCode: number;
  /** Instagram: a code that is used twice is called so, in the newer wording. */
  readonly newerCodeWording: boolean;
  /** Instagram: messages of the code exchange end with a full stop. */
  readonly fullStops: boolean;
  /** Facebook: `app_id` of `debug_token` is a number instead of a text. */
  readonly numberAppIds: boolean;
  /** Facebook: the code exchange gives a token of 60 days instead of a short one. */
  readonly longCodeExchange: boolean;
  /** Facebook: exchanging a long-lived token gives a new one instead of the same one. */
  readonly longExchangeRenews: boolean;
  /** Legacy: `X-Ratelimit-*` headers are sent; Meta's products: the usage headers that `Sandbox.usage()` has set. */
  readonly rateHeaders: boolean;
}

/** Which app is told something; by default the product's newest. */
export interface ToApp {
  readonly app?: SandboxApp | undefined;
  /** `instagram` by default. */
  readonly product?: Product | undefined;
}

/** One thing that a sandbox sent to an app. */
export interface SandboxDelivery {
  /** From 1 on, since the start or the last reset. */
  readonly number: number;
  /** When, in sandbox time. */
  readonly at: Date;
  readonly kind: 'deauthorize' | 'data_deletion' | 'webhook_verification' | 'webhook';
  readonly product: Product;
  /** The client id of the app that was told. */
  readonly appId: string;
  /** Username of whom it is about. */
  readonly account?: string;
  /** Where it was sent, without a query. */
  readonly url: string;
  /** The HTTP status of the answer, if there was one. */
  readonly status?: number;
  /** What is wrong with the answer, or why there was none. */
  readonly problem?: string;
  /** Of a data deletion: where the person can look how it stands. */
  readonly statusUrl?: string;
  /** Of a data deletion: the code that the app gave. */
  readonly confirmationCode?: string;
}

/** What scenarios made, by the names that they gave. */
export interface SandboxSeeded {
  /** People, by their names without `.sandbox`. */
  readonly people: Readonly<Record<string, SandboxPerson>>;
  readonly apps: Readonly<Record<string, SandboxApp>>;
  readonly pages: Readonly<Record<string, SandboxPage>>;
  readonly tokens: Readonly<Record<string, MintedToken>>;
}
