#!/usr/bin/env bash
# Instruction and text in one prompt of the user.
set -euo pipefail
cd "$(dirname "$0")"
token=$(./install/create-jwt.sh ./install/private-key.pem alice dev openai gpt-4o-mini)
curl -sS "$GLOO_AI_GATEWAY:8080/openai" -H "Authorization: Bearer $token" -H content-type:application/json -d '{
    "model": "gpt-4o-mini",
    "messages": [
      {
        "role": "user",
        "content": "Turn the text into CSV with a header line: Oslo, Bergen and Tromso are cities of Norway. Lyon, Nantes and Lille are cities of France. Answer with nothing but the CSV."
      }
    ]
  }'
