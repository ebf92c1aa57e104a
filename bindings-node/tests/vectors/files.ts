/** The shared cases: the files, and texts and bytes as they spell them. */

import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../../../tests/vectors/', import.meta.url);

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type Members = Record<string, Json>;

export interface Case {
  id: string;
  surface: 'device' | 'server';
  secrets?: string[];
  input: Members;
  result: { ok: Json } | { error: Members };
}

export interface VectorFile {
  topic: string;
  define: Partial<Record<'clients' | 'logins' | 'tokens' | 'records', Record<string, Members>>>;
  cases: Case[];
}

/** Every file by its topic. */
export function allFiles(): Map<string, VectorFile> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'schema.json');
  return new Map(
    names.sort().map((name) => {
      const file = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as VectorFile;
      return [name.slice(0, -'.json'.length), { ...file, define: file.define ?? {} }];
    }),
  );
}

/** A text: as it is, `{"repeat": "ab", "times": 1000}`, or a list of such pieces. */
export function text(spec: Json | undefined): string {
  if (typeof spec === 'string') return spec;
  if (Array.isArray(spec)) return spec.map(text).join('');
  const { repeat, times } = exactly(spec as Members, 'repeat', 'times');
  return (repeat as string).repeat(times as number);
}

/** Bytes: a text, or `{"base64": "…"}`. */
export function data(spec: Json | undefined): Uint8Array {
  if (typeof spec === 'object' && spec !== null && 'base64' in spec) {
    return Buffer.from(exactly(spec, 'base64')['base64'] as string, 'base64');
  }
  return Buffer.from(text(spec));
}

/** The members of an object that has no others than these. */
export function exactly(given: Members, ...names: string[]): Members {
  for (const name of Object.keys(given)) if (!names.includes(name)) throw new Error(`what is the member ${name}?`);
  return given;
}
