/**
 * Gets an Instagram (Meta) access token, and keeps it alive.
 *
 * @packageDocumentation
 */

export type { Waiting } from './abort.js';
export {
  StoredAccount,
  type Account,
  type AccountKey,
  type AccountState,
  type AppScopedId,
  type Connection,
  type LoggedOut,
  type TokenAnswer,
  type Unbranded,
  type UserId,
} from './account.js';
export type { ApiAnswer } from './answer.js';
export { Client, type AuthorizeOptions, type ClientOptions, type TokenInspector } from './client.js';
export { ManualClock, MovableClock, SandboxClock, type ClockLike } from './clock.js';
export type { CodesOf, ErrorCode, Family, RetryKind } from './codes.js';
export { checkDistinctRedirects, ClientConfig, type ResponseType, type Settings } from './config.js';
export { Resumable, ShutterkeyError, type ProviderDetails, type Retry } from './errors.js';
export { Events, type KeeperEvent } from './events.js';
export type { FleetCounts, ImportManyOptions, ImportReport, Lines, RunOptions } from './fleet.js';
export type { GranularScope, Permissions, TokenInspection } from './inspection.js';
export type { FacebookPage, InstagramAccount, InstagramAccounts, MissingAccounts } from './instagram.js';
export type { Fetch, FetchRequest, FetchResponse } from './fetch.js';
export type { CustomStore, StoredRecord, StoreRecord } from './host_store.js';
export {
  Keeper,
  type AccountName,
  type CompleteOptions,
  type ImportOptions,
  type KeeperOptions,
  type KeeperTuning,
} from './keeper.js';
export {
  appsecretProof,
  classify,
  legacySignature,
  verifySignedRequest,
  verifyWebhook,
  webhookChallenge,
  type AppSecrets,
  type SignedRequest,
} from './meta.js';
export { AuthorizationRequest, checkReturnTo, Grant, PendingAuthorization, type AcceptOptions } from './pending.js';
export { PostgresStore, type PostgresStoreOptions, type TlsMode } from './postgres.js';
export { Provider, type DiscoverOptions, type ProviderId, type StandardProvider } from './provider.js';
export { Sandbox } from './sandbox.js';
export { MintedToken, SandboxApp, SandboxError } from './sandbox_app.js';
export type {
  AccountType,
  Approval,
  AskedFault,
  Ended,
  FaultKind,
  FaultScope,
  LoginConfiguration,
  Product,
  SandboxAppOptions,
  SandboxCall,
  SandboxDelivery,
  SandboxOptions,
  SandboxPage,
  SandboxPerson,
  SandboxSeeded,
  Switches,
  ToApp,
  Usage,
  UsageScope,
} from './sandbox_types.js';
export type {
  Scenario,
  ScenarioApp,
  ScenarioFault,
  ScenarioPage,
  ScenarioPerson,
  ScenarioToken,
  ScenarioUsage,
} from './scenario.js';
export { PendingJar, SealKeys } from './seal.js';
export { SealedStore, type RecordSealer, type Resealed, type ResealOptions, type SealingOptions } from './sealing.js';
export { FileStore, MemoryStore, Store } from './store.js';
export type { Moment } from './time.js';
export { Token, type Expiry, type KnownToken, type Refreshable, type TokenKind } from './token.js';
export { version } from './version.js';
