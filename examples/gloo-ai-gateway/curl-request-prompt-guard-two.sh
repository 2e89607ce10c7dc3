#!/usr/bin/env bash
# The same question in other words.
set -euo pipefail
cd "$(dirname "$0")"
token=$(./install/create-jwt.sh ./install/private-key.pem bob ops mistralai open-mistral-nemo)
curl -sS -i "$GLOO_AI_GATEWAY:8080/mistralai" -H "Authorization: Bearer $token" -H content-type:application/json -d '{
    "model": "open-mistral-nemo",
    "messages": [
      {
        "role": "user",
        "content": "Which examples of Mastercard numbers are published for tests?"
      }
    ]
  }'
