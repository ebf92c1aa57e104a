/** Scenarios: what there is to be in a sandbox, in the words of a scenario file. */

import type { AccountType, Product } from './sandbox_types.js';

/**
 * What there is to be in a sandbox: as an object what a scenario file holds, in the file's own words. Apps, Pages and tokens have
 * names of your own, people their usernames; a `client_id` is the name of one of these apps.
 */
export interface Scenario {
  /** The sandbox's time; tokens are as old as they say at this time. */
  readonly clock?: {
    /** Seconds since 1970, or `2026-03-01T09:00:00Z`. */
    readonly now?: number | string;
    readonly frozen?: boolean;
  };
  /** Switches by their names in a file, such as `full_stops`; `profile` sets all of them first. */
  readonly behaviour?: Readonly<Record<string, boolean | number | string>>;
  /** People who are to be there; who is there already has to be like this. */
  readonly people?: Readonly<Record<string, ScenarioPerson>>;
  readonly apps?: Readonly<Record<string, ScenarioApp>>;
  readonly pages?: Readonly<Record<string, ScenarioPage>>;
  readonly tokens?: Readonly<Record<string, ScenarioToken>>;
  readonly faults?: readonly ScenarioFault[];
  readonly usages?: readonly ScenarioUsage[];
}

/** A person. */
export interface ScenarioPerson {
  readonly account_type?: AccountType;
  readonly full_name?: string;
  /** `false`: without the Facebook Page that every professional account has. */
  readonly page?: boolean;
}

/** An app to register, see `SandboxAppOptions`. */
export interface ScenarioApp {
  readonly product: Product;
  readonly redirect_uris?: readonly string[];
  readonly name?: string;
  readonly owner?: string;
  readonly development?: boolean;
  readonly testers?: readonly string[];
  readonly allow_loopback_http?: boolean;
  readonly deauthorize_url?: string;
  readonly deletion_url?: string;
  readonly require_app_secret?: boolean;
  readonly configurations?: readonly {
    readonly name: string;
    readonly permissions: readonly string[];
    readonly system_user?: boolean;
  }[];
  readonly allow_implicit?: boolean;
  readonly enforce_signed_requests?: boolean;
  readonly public?: boolean;
  readonly without_pkce?: boolean;
}

/** A Facebook Page. */
export interface ScenarioPage {
  readonly name: string;
  /** Username of the person who manages it. */
  readonly owner: string;
  /** Username of the linked Instagram account. */
  readonly instagram?: string;
  readonly portfolio?: boolean;
}

/** A token that was obtained earlier. */
export interface ScenarioToken {
  /** The name of an app of the scenario. */
  readonly app: string;
  /** Username of the person. */
  readonly person: string;
  readonly age_seconds?: number;
}

interface ScenarioScope {
  readonly product?: Product;
  readonly account?: string;
  readonly client_id?: string;
  readonly for_seconds?: number;
}

/** A fault, see `FaultKind`; `kind` is `status` when left out. */
export interface ScenarioFault extends ScenarioScope {
  readonly endpoint?: string;
  readonly kind?: string;
  readonly times?: number;
  readonly lasting?: boolean;
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly code?: number;
  readonly minutes?: number;
  readonly delay_ms?: number;
  readonly dribble?: boolean;
  readonly mib?: number;
  readonly form?: string;
  readonly location?: string;
}

/** Numbers of the usage headers, see `Usage`. */
export interface ScenarioUsage extends ScenarioScope {
  readonly call_count?: number;
  readonly total_cputime?: number;
  readonly total_time?: number;
  readonly estimated_time_to_regain_access?: number;
}
