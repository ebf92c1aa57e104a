/** What objects of the caller's threw, as the cause of what shutterkey throws. */

import { inspect } from 'node:util';

/** How many are kept until the error that they belong to is made; the oldest go first. */
const KEPT = 256;

/** A library may cut what it quotes: as many characters of a secret in a row are as bad as all of it. */
const PIECE = 12;

/** Shorter values occur in any text. */
const SHORTEST = 4;

const kept = new Map<number, unknown>();
let last = 0;

/** @internal Keeps what was thrown, or an error in its place if it prints one of these secrets; answers its number. */
export function keepCause(cause: unknown, secrets: readonly string[] = []): number {
  last = (last + 1) >>> 0;
  kept.set(last, shownCause(cause, secrets));
  if (kept.size > KEPT) kept.delete(kept.keys().next().value as number);
  return last;
}

/** @internal What was kept under this number. */
export function causeOf(number: number): unknown {
  return kept.get(number);
}

/** @internal The runs of a text that may be a token. */
export function wordsOf(text: string): string[] {
  return text.match(/[\w.~+/=|%-]{16,}/g) ?? [];
}

function shownCause(cause: unknown, secrets: readonly string[]): unknown {
  const known = secrets.filter((secret) => secret.length >= SHORTEST);
  let text: string;
  try {
    text = inspect(cause, { depth: 8, showHidden: true, maxStringLength: Infinity, maxArrayLength: Infinity });
  } catch {
    return new Error(`${nameOf(cause)} (it cannot be read)`);
  }
  return known.some((secret) => isIn(secret, text)) ? new Error(`${nameOf(cause)} [redacted]`) : cause;
}

/** The name of an error; its code is a name as well. */
function nameOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'what was thrown';
  const { code } = cause as { code?: unknown };
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? `${cause.name} ${code}` : cause.constructor.name;
}

function isIn(secret: string, text: string): boolean {
  if (secret.length <= PIECE) return text.includes(secret);
  for (let at = 0; at + PIECE <= secret.length; at += 1) if (text.includes(secret.slice(at, at + PIECE))) return true;
  return false;
}
