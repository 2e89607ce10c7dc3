#!/usr/bin/env bash
# usage: create-jwt.sh PRIVATE_KEY SUBJECT TEAM PROVIDER MODEL
# Prints a token for somebody of a team who may use one model of one provider.
set -euo pipefail
if [ $# -ne 5 ]; then
  echo "usage: $0 PRIVATE_KEY SUBJECT TEAM openai|mistralai MODEL" >&2
  exit 2
fi
case "$4" in openai | mistralai) ;; *)
  echo "$0: the provider is openai or mistralai, not $4" >&2
  exit 2
  ;;
esac
claims=$(jq -nc --arg sub "$2" --arg team "$3" --arg llm "$4" --arg model "$5" \
  '{iss: "solo.io", org: "solo.io", sub: $sub, team: $team, llms: {($llm): [$model]}}')
sluice create jwt --key "$1" --claims "$claims"
