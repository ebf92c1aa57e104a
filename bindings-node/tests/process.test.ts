/** What the package does to the process that it is in. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import * as imported from 'shutterkey';

const scripts = new URL('./support/', import.meta.url);

function run(script: string, ...given: string[]): { status: number | null; stdout: string; stderr: string } {
  const path = fileURLToPath(new URL(script, scripts));
  return spawnSync(process.execPath, [path, ...given], { encoding: 'utf8', timeout: 60_000 });
}

test('require answers the same module as import', () => {
  const required = createRequire(import.meta.url)('shutterkey') as typeof imported;
  assert.equal(required.Keeper, imported.Keeper);
  assert.equal(typeof required.version, 'string');
});

test('a process that only made a keeper and waits for events ends by itself', () => {
  const { status, stderr } = run('idle.js');
  assert.equal(status, 0, stderr);
});

test('a refresh beside an answer is stored before a process that is done ends', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'shutterkey-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { status, stdout, stderr } = run('leaving.js', join(folder, 'store'));
  assert.equal(status, 0, stderr);
  assert.equal(stdout.trim(), 'refreshes: 1, the new token is stored');
});

test('twenty workers start, log in and end cleanly', async () => {
  const ends = Array.from({ length: 20 }, async () => {
    const worker = new Worker(new URL('worker.js', scripts));
    return new Promise<number>((resolve, reject) => worker.on('error', reject).on('exit', resolve));
  });
  assert.deepEqual(await Promise.all(ends), Array<number>(20).fill(0));
});

test('a worker that is terminated in the middle takes nothing with it', async () => {
  for (let round = 0; round < 5; round += 1) {
    const worker = new Worker(new URL('busy.js', scripts));
    await new Promise<void>((resolve, reject) => worker.once('error', reject).once('message', resolve));
    assert.equal(await worker.terminate(), 1);
  }
});
