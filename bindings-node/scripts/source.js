/**
 * Lays out what the package holds and a checkout has elsewhere: the licences, and in `source/` the Rust sources of the native
 * part, from which `shutterkey-build` makes it where no binary fits.
 */

import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);
const here = new URL('../', import.meta.url);
const source = new URL('source/', here);
const CRATES = ['core', 'sandbox', 'cli', 'bindings-node'];
const LICENCES = ['LICENSE-MIT', 'LICENSE-APACHE'];

/** Node brings the C library, and a library for it has to share that. */
const CARGO_CONFIG = `[target.'cfg(target_env = "musl")']
rustflags = ["-C", "target-feature=-crt-static"]
`;

/** A manifest without the tables for which this is false. Cargo does not read one that names files that are missing. */
function withTables(manifest, keep) {
  const tables = manifest.split(/^(?=\[)/m);
  return tables.filter((table) => !table.startsWith('[') || keep(table.slice(0, table.indexOf('\n')))).join('');
}

/** The workspace's manifest with these members. */
function reduced(manifest) {
  const members = CRATES.map((crate) => `"${crate}"`).join(', ');
  return manifest
    .replace(/^members = .*$/m, `members = [${members}]`)
    .replace(/^(# .*\n)?default-members = .*$/m, 'default-members = ["bindings-node"]');
}

const read = (path) => readFileSync(new URL(path, root), 'utf8');
const write = (path, text) => writeFileSync(new URL(path, source), text);

rmSync(source, { recursive: true, force: true });
for (const crate of CRATES) {
  cpSync(new URL(`${crate}/src`, root), new URL(`${crate}/src`, source), { recursive: true });
  const unneeded = (header) => /dev-dependencies\]$|^\[\[(test|bench|example)\]\]$/.test(header);
  write(`${crate}/Cargo.toml`, withTables(read(`${crate}/Cargo.toml`), (header) => !unneeded(header)));
  const script = new URL(`${crate}/build.rs`, root);
  if (existsSync(script)) cpSync(script, new URL(`${crate}/build.rs`, source));
}
write('Cargo.toml', reduced(read('Cargo.toml')));
// The whole workspace's: cargo drops what this part does not use, and takes the versions of the rest.
write('Cargo.lock', read('Cargo.lock'));
mkdirSync(new URL('.cargo/', source));
write('.cargo/config.toml', CARGO_CONFIG);
for (const licence of LICENCES) {
  for (const folder of [here, source]) cpSync(new URL(licence, root), fileURLToPath(new URL(licence, folder)));
}
