/** How long it takes to load the package, beside its peers: processes of their own, in turn, over one that loads nothing. */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './lib.js';

const rounds = Number(process.argv[2] ?? 21);
const ways = {
  nothing: '0',
  shutterkey: `await import(${JSON.stringify(new URL('../lib/index.js', import.meta.url).href)})`,
  'openid-client': "await import('openid-client')",
  oauth4webapi: "await import('oauth4webapi')",
  'simple-oauth2': "await import('simple-oauth2')",
  arctic: "await import('arctic')",
};

const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const [name, script] of Object.entries(ways)) {
    const timed = `const began = performance.now(); ${script}; console.log(performance.now() - began)`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', timed], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      encoding: 'utf8',
    });
    times[name].push(Number(stdout));
  }
}
console.log('import, in ms:');
for (const [name, all] of Object.entries(times)) {
  const [least, most] = [Math.min(...all), Math.max(...all)];
  console.log(`    ${name.padEnd(20)} ${median(all).toFixed(1).padStart(7)}   (${least.toFixed(1)} to ${most.toFixed(1)})`);
}
