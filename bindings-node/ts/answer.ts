/** Answers of other people's HTTP. */

import { misuse } from './errors.js';
import type { Native } from './native.js';

/** What an API answered, where it is not a `Response`: that of axios, got or `node:http`, whose body was read. */
export interface ApiAnswer {
  /** The HTTP status. */
  readonly status: number;
  /** The headers. */
  readonly headers?: Iterable<readonly [string, string]> | Readonly<Record<string, string>> | undefined;
  /** The body, as bytes or as text. */
  readonly body?: Uint8Array | string | undefined;
}

/** @internal What was answered; a `Response` can still be read afterwards. */
export async function answerOf(given: Response | ApiAnswer): Promise<Native.ApiAnswer> {
  if (!isResponse(given)) return plainAnswer(given);
  checkUnread(given);
  return wholeOf(given.clone());
}

/** @internal What was answered, where nobody reads it afterwards: without the copy. */
export async function wholeOf(response: Response): Promise<Native.ApiAnswer> {
  checkUnread(response);
  const { status, headers } = response;
  return { status, headers: pairs(headers), body: new Uint8Array(await response.arrayBuffer()) };
}

function checkUnread({ bodyUsed }: Response): void {
  if (!bodyUsed) return;
  throw misuse('The body of this Response was read already: report a clone of it, or { status, headers, body }.');
}

/** @internal */
export function plainAnswer({ status, headers, body }: ApiAnswer): Native.ApiAnswer {
  return { status, headers: pairs(headers), body: bytes(body) };
}

function isResponse(given: Response | ApiAnswer): given is Response {
  return typeof (given as Response).arrayBuffer === 'function';
}

/** @internal Names and values, of an object or as they are. */
export function pairs(given: ApiAnswer['headers'] | Headers): [string, string][] {
  if (given === undefined) return [];
  const entries = Symbol.iterator in given ? given : Object.entries(given);
  return Array.from(entries as Iterable<readonly [string, string]>, ([name, value]) => [name, String(value)]);
}

function bytes(body: Uint8Array | string | undefined): Uint8Array {
  return typeof body === 'string' || body === undefined ? new TextEncoder().encode(body) : body;
}
