/**
 * Lays out a release in build/npm: the package itself without a native part, and a package for each platform, which it names
 * as optional at the very same version. The platforms are published first.
 *
 *     npm run release -- [--at-hand] [FOLDER]
 *
 * FOLDER holds the binaries; it is this package's own folder where none is named. Each platform of `napi` in package.json must
 * be there; with `--at-hand`, those that are make the release. The committed package.json names none, since `npm ci` would look
 * for packages that are not published yet.
 */

import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NapiCli, parseTriple } from '@napi-rs/cli';

const here = fileURLToPath(new URL('../', import.meta.url));
const release = fileURLToPath(new URL('../../build/npm/', import.meta.url));
const LICENCES = ['LICENSE-MIT', 'LICENSE-APACHE'];

const given = process.argv.slice(2);
const binaries = resolve(given.find((argument) => !argument.startsWith('--')) ?? here);
const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
// What is for working on the package stays behind: `npm publish` would run the scripts.
const { scripts, devDependencies, overrides, napi, ...published } = manifest;
const { name, version } = published;
published.files = published.files.filter((file) => !file.endsWith('.node'));

const targets = napi.targets.map((triple) => ({ triple, platform: parseTriple(triple).platformArchABI }));
const binary = ({ platform }) => `${napi.binaryName}.${platform}.node`;
const ready = targets.filter((target) => existsSync(join(binaries, binary(target))));
const missing = targets.filter((target) => !ready.includes(target)).map(binary);
if (ready.length === 0 || (missing.length > 0 && !given.includes('--at-hand'))) {
  console.error(`${binaries} lacks ${missing.join(', ')}: build them, or release what is at hand with --at-hand.`);
  process.exit(1);
}
const loader = readFileSync(join(here, 'lib', 'native.js'), 'utf8');
const unloaded = targets.filter(({ platform }) => !loader.includes(`'${platform}'`)).map(({ platform }) => platform);
if (unloaded.length > 0) throw new Error(`ts/native.ts does not look for ${unloaded.join(', ')}`);

rmSync(release, { recursive: true, force: true });
const main = join(release, name);
mkdirSync(main, { recursive: true });
for (const file of ['lib', 'native.d.ts', 'source', ...LICENCES, 'README.md']) {
  cpSync(join(here, file), join(main, file), { recursive: true });
}
write(main, { ...published, napi: { ...napi, targets: ready.map(({ triple }) => triple) } });
await new NapiCli().createNpmDirs({ cwd: main });
const packages = ready.map(({ platform }) => `${name}-${platform}`);
write(main, { ...published, optionalDependencies: Object.fromEntries(packages.map((its) => [its, version])) });

for (const target of ready) {
  const folder = join(release, `${name}-${target.platform}`);
  renameSync(join(main, 'npm', target.platform), folder);
  const its = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  write(folder, { ...its, type: 'commonjs', files: [binary(target), ...LICENCES] });
  cpSync(join(binaries, binary(target)), join(folder, binary(target)));
  for (const licence of LICENCES) cpSync(join(here, licence), join(folder, licence));
}
rmSync(join(main, 'npm'), { recursive: true });
console.log([...packages, name].map((folder) => join(release, folder)).join('\n'));

function write(folder, manifest) {
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
