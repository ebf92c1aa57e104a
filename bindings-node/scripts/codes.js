/** Writes `ts/codes.ts` from the core's table of errors; with `--check`, says whether it is up to date. */

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const target = new URL('../ts/codes.ts', import.meta.url);
const require = createRequire(import.meta.url);
const platform = process.argv.find((argument) => argument.endsWith('.node')) ?? '../shutterkey.linux-x64-gnu.node';

/** The text of the module. */
export function codes(rows) {
  const unique = (member) => [...new Set(rows.map((row) => row[member]))];
  const union = (values) => values.map((value) => `\n  | '${value}'`).join('');
  return `/** The names of what can go wrong, from the core's table: \`npm run codes\` writes this file. */

/** The part of the job that an error belongs to. */
export type Family =${union(unique('family'))};

/** Whether and when trying again makes sense. */
export type RetryKind =${union(['never', 'backoff', 'after', 'login', 'reconsent', 'user_action', 'fix_config'])};

/** What an error is. New codes may come; none is ever renamed. */
export type ErrorCode =${union(unique('code'))};

/** The codes of one family. */
export type CodesOf<F extends Family> = Extract<ErrorCode, \`\${F}.\${string}\`>;
`;
}

const text = codes(require(platform).catalogue());
if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
} else if (readFileSync(target, 'utf8') !== text) {
  console.error('ts/codes.ts is not what the core says: npm run codes');
  process.exitCode = 1;
}
