/** The shared cases of tests/vectors, through the public API of this package. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { ShutterkeyError } from 'shutterkey';
import { allFiles, type Case, type VectorFile } from './vectors/files.js';
import { disagreement, error as shownError } from './vectors/show.js';
import { topics } from './vectors/topics.js';
import { World } from './vectors/world.js';

/** What a case came to, where that is not what it states. */
async function problems(
  file: VectorFile,
  { id, input, result, secrets = [] }: Case,
  written: Record<string, Case['result']> = {},
): Promise<string[]> {
  const world = new World(file.define);
  let found: Case['result'];
  try {
    found = { ok: await topics[file.topic]!(world, input) };
  } catch (error) {
    // The input is not of the documented form.
    if (!(error instanceof ShutterkeyError)) return [String(error)];
    world.print(error);
    found = { error: shownError(error) };
  }
  written[id] = found;
  const printed = world.printed.join('\n');
  const leaks = [...secrets, ...world.secrets].filter((secret) => printed.includes(secret));
  return [...leaks.map((secret) => `prints the secret ${secret}`), disagreement(result, found) ?? []].flat();
}

const files = allFiles();
const results: Record<string, Case['result']> = {};
let ran = 0;

for (const [topic, file] of files) {
  test(`every case of ${topic} has its stated result and prints no secret`, async (t) => {
    assert.equal(file.topic, topic);
    assert.ok(topic in topics, 'nothing runs the cases of this file');
    const failures: string[] = [];
    for (const each of file.cases) {
      for (const problem of await problems(file, each, results)) failures.push(`${each.id}: ${problem}`);
      ran += 1;
    }
    const device = file.cases.filter((each) => each.surface === 'device').length;
    t.diagnostic(`${file.cases.length} cases: ${device} device, ${file.cases.length - device} server`);
    assert.deepEqual(failures, []);
  });

  test(`another result than the stated one is a failure of ${topic}`, async () => {
    const each = file.cases[0]!;
    assert.equal((await problems(file, { ...each, result: { ok: 'another' } })).length, 1);
    assert.equal((await problems(file, { ...each, input: { ...each.input, surprise: true } })).length, 1);
  });
}

test('no case is left out, and no id occurs twice', (t) => {
  const cases = [...files.values()].flatMap((file) => file.cases);
  assert.equal(ran, cases.length);
  assert.equal(new Set(cases.map(({ id }) => id)).size, cases.length);
  t.diagnostic(`${ran} cases in ${files.size} files`);
  // For the comparison of languages.
  const path = process.env['SHUTTERKEY_VECTOR_RESULTS'];
  if (path) writeFileSync(path, JSON.stringify({ language: 'node', cases: results }));
});
