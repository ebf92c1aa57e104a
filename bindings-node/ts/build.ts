#!/usr/bin/env node
/**
 * The command `shutterkey-build`: builds the native part on this machine, where none that is published fits. A person
 * runs it: nothing is built when the package is installed.
 */

import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const inside = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const source = inside('../source');
const built = inside(`../shutterkey.${process.platform}-${process.arch}.node`);

/** Why there is no native part now, in words for a person. */
class Unbuilt extends Error {}

/** Says whether the cargo of this machine is new enough to begin. */
function checkCargo(): void {
  const [, wanted = ''] = /^rust-version = "(.+)"$/m.exec(readFileSync(join(source, 'Cargo.toml'), 'utf8')) ?? [];
  const install = `Install Rust ${wanted} or newer, such as with rustup, and run this again.`;
  const asked = spawnSync('cargo', ['--version'], { cwd: tmpdir(), encoding: 'utf8' });
  if (asked.error) throw new Unbuilt(`There is no Rust here: the program cargo was not found. ${install}`);
  const [said = '', found] = /^cargo (\d+\.\d+)/.exec(asked.stdout) ?? [];
  if (found === undefined) throw new Unbuilt(`cargo does not answer: ${asked.stderr.trim()}`);
  const older = found.localeCompare(wanted, 'en', { numeric: true }) < 0;
  if (older) throw new Unbuilt(`The Rust here is too old: this is ${said}. ${install}`);
}

/** Builds in a folder, and answers the path of the library. */
function build(folder: string): string {
  // The package's own folder stays as it was installed: package managers share its files between projects.
  const copy = join(folder, 'source');
  cpSync(source, copy, { recursive: true });
  const cargo = ['build', '--profile', 'dist', '--package', 'shutterkey-node'];
  const ran = spawnSync('cargo', [...cargo, '--message-format', 'json-render-diagnostics'], {
    cwd: copy,
    env: { CARGO_TARGET_DIR: join(folder, 'target'), ...process.env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (ran.signal !== null) throw new Unbuilt('Interrupted: nothing was changed.');
  if (ran.status !== 0) {
    throw new Unbuilt('cargo could not build it: see above. A C compiler is needed as well, and crates from the network.');
  }
  const libraries = ran.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { target?: { name: string }; filenames?: string[] })
    .filter(({ target }) => target?.name === 'shutterkey_node')
    .flatMap(({ filenames = [] }) => filenames.filter((name) => /\.(so|dylib|dll)$/.test(name)));
  const [library] = libraries;
  if (library === undefined) throw new Unbuilt('cargo built no library that can be loaded: this platform may have none.');
  return library;
}

/** Puts the library beside the package, if it loads. */
function place(library: string): void {
  const fresh = `${built.slice(0, -'.node'.length)}.new.node`;
  try {
    copyFileSync(library, fresh);
    const loaded = spawnSync(process.execPath, ['-p', 'require(process.argv[1]).version()', fresh], { encoding: 'utf8' });
    if (loaded.status !== 0) throw new Error(`Node cannot load it. ${loaded.stderr.trim()}`);
    // Renamed, not written over: a process may have the older one loaded.
    renameSync(fresh, built);
    console.log(`Built: shutterkey ${loaded.stdout.trim()} is ready, in ${built}`);
  } catch (cause) {
    rmSync(fresh, { force: true });
    throw new Unbuilt(`What was built cannot be put in place: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function main(): void {
  const given = process.argv.slice(2);
  const about = 'shutterkey-build builds the native part of shutterkey for this machine. It takes no arguments.';
  if (given.includes('--help') || given.includes('-h')) return console.log(about);
  if (given.length > 0) throw new Unbuilt(about);
  if (!existsSync(source)) throw new Unbuilt('There are no Rust sources beside this: in a checkout, run npm run build.');
  checkCargo();
  console.log(`Building shutterkey's native part for ${process.platform} on ${process.arch} with cargo: some minutes.`);
  process.on('SIGINT', () => {}); // cargo hears it as well, and what is in the folder has to go
  const folder = mkdtempSync(join(tmpdir(), 'shutterkey-build-'));
  try {
    place(build(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  main();
} catch (error) {
  if (!(error instanceof Unbuilt)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
