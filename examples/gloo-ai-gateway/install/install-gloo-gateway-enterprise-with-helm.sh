#!/usr/bin/env bash
# Sets the example up: namespaces, a key pair for tokens, gateway, upstreams and routes. Nothing is downloaded, and no
# license is asked for; the name is that of the walkthrough's script.
set -euo pipefail
cd "$(dirname "$0")/.."

for tool in kubectl sluice jq; do
  command -v "$tool" >/dev/null || {
    echo "$tool is not on the path; 'source .sluice/env' in the folder where Sluice was started, and install jq" >&2
    exit 1
  }
done
kube() { kubectl ${CLUSTER1:+--context "$CLUSTER1"} "$@"; }

for namespace in gloo-system monitoring; do
  kube get namespace "$namespace" >/dev/null 2>&1 || kube create namespace "$namespace"
done

# Whoever has the private key can be anybody: it is made here and stays here.
if [ ! -f install/private-key.pem ] || [ ! -f install/public-key.pem ]; then
  rm -f install/private-key.pem install/public-key.pem
  sluice create key-pair install/private-key.pem >install/public-key.pem
fi
jq -Rs . <install/public-key.pem |
  awk 'NR == FNR { key = $0; next } { at = index($0, "@PUBLIC_KEY@") }
       at { $0 = substr($0, 1, at - 1) key } { print }' - install/jwt-provider-vho.yaml.template \
    >policies/jwt-provider-vho.yaml

kube apply -f gateways -f upstreams/openai-upstream.yaml -f upstreams/mistralai-upstream.yaml -f routes
kube -n gloo-system wait --for=condition=Programmed gateway/ai-gateway --timeout=60s
