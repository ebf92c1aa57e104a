#!/usr/bin/env bash
# Measures the npm package, built as it is shipped, beside what Node has by itself and its peers.
set -euo pipefail
cd "$(dirname "$0")/../bindings-node"
npm ci --silent --prefer-offline
npm run --silent build >/dev/null
npm run --silent --if-present source >/dev/null # what is packed beside lib/
cd bench
npm ci --silent --prefer-offline
node --expose-gc ratios.js
node --expose-gc --min-semi-space-size=16 --max-semi-space-size=16 memory.js
for part in imports logins storm size; do
    node --expose-gc "$part.js"
done
