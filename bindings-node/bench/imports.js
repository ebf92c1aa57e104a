/**
 * How long it takes to load the package, beside its peers: fresh processes, in turn. What a whole process takes over one that loads nothing
 * is what people wait for, and moves with the machine; the import alone, timed inside, moves less. `node imports.js [ROUNDS]`
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median, spread } from './lib.js';

const rounds = Number(process.argv[2] ?? 21);
const cwd = fileURLToPath(new URL('.', import.meta.url));
const modules = {
  shutterkey: new URL('../lib/index.js', import.meta.url).href,
  'openid-client': 'openid-client',
  oauth4webapi: 'oauth4webapi',
  'simple-oauth2': 'simple-oauth2',
  arctic: 'arctic',
};

function run(module) {
  const load = module === undefined ? '' : `await import(${JSON.stringify(module)});`;
  const script = `const began = performance.now(); ${load} console.log(performance.now() - began)`;
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd, encoding: 'utf8' });
  const whole = performance.now() - began;
  if (status !== 0) throw new Error(`${module}: ${stderr}`);
  return { whole, alone: Number(stdout) };
}

const bare = [];
const figures = Object.fromEntries(Object.keys(modules).map((name) => [name, { added: [], alone: [] }]));
for (const module of Object.values(modules)) run(module); // so that files are at hand
for (let round = 0; round < rounds; round += 1) {
  const nothing = run().whole;
  bare.push(nothing);
  for (const [name, module] of Object.entries(modules)) {
    const { whole, alone } = run(module);
    figures[name].added.push(whole - nothing);
    figures[name].alone.push(alone);
  }
}
console.log(`import, over a bare process (${median(bare).toFixed(1)} ms):`);
for (const [name, { added, alone }] of Object.entries(figures)) {
  const whole = `${median(added).toFixed(1).padStart(6)} ms   ${spread(added, 1)}`;
  console.log(`    ${name.padEnd(16)} ${whole.padEnd(32)} the import alone ${median(alone).toFixed(1).padStart(6)} ms   ${spread(alone, 1)}`);
}
