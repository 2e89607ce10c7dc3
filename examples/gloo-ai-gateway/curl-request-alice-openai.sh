#!/usr/bin/env bash
# Alice asks OpenAI for a poem.
set -euo pipefail
cd "$(dirname "$0")"
token=$(./install/create-jwt.sh ./install/private-key.pem alice dev openai gpt-4o-mini)
curl -sS -i "$GLOO_AI_GATEWAY:8080/openai" -H "Authorization: Bearer $token" -H content-type:application/json -d '{
    "model": "gpt-4o-mini",
    "max_tokens": 128,
    "messages": [
      {
        "role": "system",
        "content": "You write short poems that explain ideas of computing with pictures from nature."
      },
      {
        "role": "user",
        "content": "Write a poem about recursion for somebody who has just begun to program."
      }
    ]
  }'
