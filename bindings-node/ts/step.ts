/** What an operation asks its driver to do. */

import type { InspectOptions } from 'node:util';
import { inspected, shown, type Inspect } from './inspect.js';
import type { Native } from './native.js';
import { HttpRequest } from './protocol.js';
import { maybeDate } from './time.js';

/** What an operation asks its driver to do. Lengths are in seconds. */
export type Step<T> =
  /** Send a request. Answer `response` or `send_failed`. */
  | { readonly kind: 'send'; readonly request: HttpRequest }
  /** Load a record. Answer `loaded` or `store_failed`. */
  | { readonly kind: 'load'; readonly key: string }
  /** Take a lease on a key; it frees itself after `ttl`. Answer `leased`, `lease_held` or `store_failed`. */
  | { readonly kind: 'lease'; readonly key: string; readonly ttl: number }
  /**
   * Write a record if the present version is `expected` (`undefined`: there is none) and no later lease than `fence` was given
   * out. The record holds a token. Answer `saved`, `conflict` or `store_failed`.
   */
  | {
      readonly kind: 'save';
      readonly key: string;
      readonly record: Uint8Array;
      readonly expected: number | undefined;
      readonly fence: number | undefined;
      readonly dueAt: Date | undefined;
      readonly forgetAt: Date | undefined;
    }
  /** Give a lease back. Answer `released` or `store_failed`. */
  | { readonly kind: 'release'; readonly key: string; readonly fence: number }
  /** Remove a record if it still has this version. Answer `deleted`, `conflict` or `store_failed`. */
  | { readonly kind: 'delete'; readonly key: string; readonly expected: number }
  /** Wait, on the machine's own time. Answer `waited`. */
  | { readonly kind: 'wait'; readonly seconds: number }
  /** Finished. */
  | { readonly kind: 'done'; readonly value: T };

/** The record of a `save` holds a token, and is not printed. */
class SaveStep {
  readonly kind = 'save';
  readonly key: string;
  readonly expected: number | undefined;
  readonly fence: number | undefined;
  readonly dueAt: Date | undefined;
  readonly forgetAt: Date | undefined;
  readonly #record: Uint8Array;

  constructor(parts: Native.StepParts) {
    this.key = parts.key ?? '';
    this.expected = parts.expected ?? undefined;
    this.fence = parts.fence ?? undefined;
    this.dueAt = maybeDate(parts.dueAt);
    this.forgetAt = maybeDate(parts.forgetAt);
    this.#record = parts.record ?? new Uint8Array();
  }

  get record(): Uint8Array {
    return this.#record;
  }

  /** @internal */
  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    const { key, expected, fence } = this;
    return shown('SaveStep', { key, expected, fence, record: '[redacted]' }, depth, options, inspect);
  }
}

/** @internal */
export function makeStep<T>(parts: Native.StepParts, convert: (done: Native.DoneParts) => T): Step<T> {
  const { key = '', fence = 0, expected = 0 } = parts;
  const kind = parts.kind as Step<T>['kind'];
  switch (kind) {
    case 'send':
      return { kind, request: new HttpRequest(parts.request as Native.RequestParts) };
    case 'load':
      return { kind, key };
    case 'lease':
      return { kind, key, ttl: parts.ttl ?? 0 };
    case 'save':
      return new SaveStep(parts);
    case 'release':
      return { kind, key, fence };
    case 'delete':
      return { kind, key, expected };
    case 'wait':
      return { kind, seconds: parts.seconds ?? 0 };
    case 'done':
      return { kind, value: convert(parts.done ?? {}) };
  }
}
