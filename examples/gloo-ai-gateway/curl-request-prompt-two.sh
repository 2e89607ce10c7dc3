#!/usr/bin/env bash
# The instruction as a system prompt, the text as the prompt of the user.
set -euo pipefail
cd "$(dirname "$0")"
token=$(./install/create-jwt.sh ./install/private-key.pem alice dev openai gpt-4o-mini)
curl -sS "$GLOO_AI_GATEWAY:8080/openai" -H "Authorization: Bearer $token" -H content-type:application/json -d '{
    "model": "gpt-4o-mini",
    "messages": [
      {
        "role": "system",
        "content": "Turn the text into CSV with a header line. Answer with nothing but the CSV."
      },
      {
        "role": "user",
        "content": "Oslo, Bergen and Tromso are cities of Norway. Lyon, Nantes and Lille are cities of France."
      }
    ]
  }'
