/** Requests by a `fetch` of the caller's. */

import { keepCause } from './causes.js';
import { native, type Native } from './native.js';

/**
 * What sends requests: the global `fetch`, undici's, or one that adds tracing. The global one is looked up for each request, so
 * that nock and msw see what it sends, whenever they put theirs in its place.
 */
export type Fetch = (url: string, init: FetchRequest) => Promise<FetchResponse>;

/** What `fetch` is called with. */
export interface FetchRequest {
  /** `GET`, `POST` or `DELETE`. */
  method: string;
  /** Names and values. */
  headers: [string, string][];
  /** Form-encoded. It may hold a code or the app secret. */
  body: string | null;
  /** A redirect would carry the secrets of the request to wherever it points. */
  redirect: 'manual';
  /** No cookies. */
  credentials: 'omit';
  /** The request's deadline. */
  signal: AbortSignal;
}

/** What is read of a `Response`, be it the global one or undici's. */
export interface FetchResponse {
  /** The HTTP status. */
  readonly status: number;
  /** Names and values. */
  readonly headers: Iterable<readonly [string, string]>;
  /** The body, piece by piece. */
  readonly body: AsyncIterable<Uint8Array> | null;
}

/**
 * What an error of a connection says of the request. `offline` and `dns` promise that nothing was sent: a login whose code exchange
 * ends so can be completed again.
 */
const failures: Readonly<Record<string, string>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ECONNREFUSED: 'offline',
  EHOSTUNREACH: 'offline',
  ENETUNREACH: 'offline',
  UND_ERR_CONNECT_TIMEOUT: 'offline',
  CERT_HAS_EXPIRED: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
};

class TooLarge extends Error {}

/** @internal */
export function hostOfFetch(given: Fetch): Native.Host {
  const fetch: Fetch = given === globalThis.fetch ? (url, init) => globalThis.fetch(url, init) : given;
  const host: Native.Host = new native.Host((question) => {
    void send(fetch, question).then((answer) => host.answer(question.number, answer));
  });
  return host;
}

async function send(fetch: Fetch, question: Native.Question): Promise<Native.Answer> {
  const deadline = AbortSignal.timeout((question.length ?? 30) * 1000);
  try {
    const response = await fetch(question.name, {
      method: question.method ?? 'GET',
      headers: question.headers ?? [],
      body: question.body ?? null,
      redirect: 'manual',
      credentials: 'omit',
      signal: deadline,
    });
    const bytes = await bodyOf(response, question.limit ?? Infinity);
    return { status: response.status, headers: Array.from(response.headers, ([name, value]) => [name, value]), bytes };
  } catch (error) {
    return { failure: failureOf(error, deadline), behind: keepCause(error, question.secrets ?? []) };
  }
}

async function bodyOf(response: FetchResponse, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > limit) throw new TooLarge(`The answer is longer than ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function failureOf(error: unknown, deadline: AbortSignal): string {
  if (error instanceof TooLarge) return 'too_large';
  if (deadline.aborted) return 'timeout';
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    const failure = typeof code === 'string' ? failures[code] : undefined;
    if (failure !== undefined) return failure;
  }
  // What anything else means is not known, so the request may have been sent.
  return 'reset';
}
