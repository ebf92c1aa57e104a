#!/usr/bin/env bash
# Measures the sandbox: logins and token calls a second, what they cost it, and its memory over 100,000 logins; beside
# oauth2-mock-server and oidc-provider, which Node runs.
set -euo pipefail
cd "$(dirname "$0")/.."
(cd tests/interop && npm ci --silent --prefer-offline --ignore-scripts) || echo "without Node and npm the peers are left out"
cargo bench --quiet --locked -p shutterkey-sandbox --bench platform
