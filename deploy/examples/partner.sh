#!/usr/bin/env bash
# Sign a person in, learn what they agreed to tell, and issue a sealed record to them. Needs: curl, openssl, jq
#
#   ISSUER=https://… CLIENT_ID=… KEY=key.pem KEY_ID=… REDIRECT_URI=https://… bash partner.sh record.pdf
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/proof.pem" 2>/dev/null # our tokens' key
nonce_of_server=

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
random() { openssl rand 32 | base64url; }
claims_of() { local body=${1#*.}; body=${body%%.*}; tr -- '-_' '+/' <<<"$body" | sed 's/$/===/' | base64 -d 2>/dev/null || true; }

# ES256 (RFC 7518 §3.4): openssl writes r and s as DER, JOSE wants 32 bytes of each.
signed() { # header, claims, key
  local text numbers
  text=$(printf %s "$1" | base64url).$(printf %s "$2" | base64url)
  numbers=$(printf %s "$text" | openssl dgst -sha256 -sign "$3" | openssl asn1parse -inform DER |
    sed -n 's/.*INTEGER *://p' | while read -r number; do printf '%64s' "$number" | tr ' ' 0; done)
  printf '%s.%s' "$text" "$(printf "$(sed 's/../\\x&/g' <<<"$numbers")" | base64url)"
}

assertion() { # private_key_jwt: the audience is the issuer and nothing else, and each assertion serves once
  local now; now=$(date +%s)
  signed "$(jq -nc --arg kid "$KEY_ID" '{alg: "ES256", kid: $kid}')" \
    "$(jq -nc --arg c "$CLIENT_ID" --arg i "$ISSUER" --arg jti "$(random)" --argjson now "$now" \
      '{iss: $c, sub: $c, aud: $i, jti: $jti, iat: $now, exp: ($now + 60)}')" "$KEY"
}

proof() { # method, url, token: DPoP, this request by this key with this token
  local point="$work/point" ath=
  openssl pkey -in "$work/proof.pem" -pubout -outform DER | tail -c 64 >"$point"
  if [ -n "$3" ]; then ath=$(printf %s "$3" | openssl dgst -sha256 -binary | base64url); fi
  signed "$(jq -nc --arg x "$(head -c 32 "$point" | base64url)" --arg y "$(tail -c 32 "$point" | base64url)" \
      '{alg: "ES256", typ: "dpop+jwt", jwk: {kty: "EC", crv: "P-256", x: $x, y: $y}}')" \
    "$(jq -nc --arg m "$1" --arg u "${2%%\?*}" --arg jti "$(random)" --arg ath "$ath" --arg n "$nonce_of_server" \
      --argjson now "$(date +%s)" '{jti: $jti, htm: $m, htu: $u, iat: $now}
      + (if $ath == "" then {} else {ath: $ath} end) + (if $n == "" then {} else {nonce: $n} end)')" "$work/proof.pem"
}

call() { # method, url, token or nothing, what else curl is told; the answer is in $work/body
  local method=$1 url=$2 token=$3 status; shift 3
  for _ in 1 2; do # twice where the server wants its nonce in the proof (RFC 9449 §8, §9)
    local headers=(-H "DPoP: $(proof "$method" "$url" "$token")")
    if [ -n "$token" ]; then
      headers+=(-H "Authorization: DPoP $token")
    else
      headers+=(--data-urlencode "client_id=$CLIENT_ID" --data-urlencode "client_assertion=$(assertion)"
        -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer)
    fi
    status=$(curl -sS -X "$method" -D "$work/head" -o "$work/body" -w '%{http_code}' "${headers[@]}" "$@" "$url")
    nonce_of_server=$(tr -d '\r' <"$work/head" | sed -n 's/^dpop-nonce: *//Ip' | tail -n 1)
    case $status in 400 | 401) grep -qa use_dpop_nonce "$work/head" "$work/body" && continue ;; esac
    break
  done
  if [ "$status" -ge 400 ]; then echo "$method $url: $status $(cat "$work/body")" >&2; exit 1; fi
}

# 1. Where everything is.
gateway=$(curl -fsS "$ISSUER/.well-known/openid-configuration")
at() { jq -r ".$1" <<<"$gateway"; }
[ "$(at issuer)" = "$ISSUER" ]

# 2. Push the request: what we want to know, how it was verified, and why something is not told.
verifier=$(random) state=$(random) nonce=$(random)
verified='{"verification": {"trust_framework": null}, "claims": {"birthdate": {"essential": true}}}'
wanted='{"birthdate": {"essential": true}, "gender": null, "urn:gba:claims:withheld": null}'
claims=$(jq -nc --argjson w "$wanted" --argjson v "$verified" '{userinfo: ($w + {verified_claims: $v})}')
call POST "$(at pushed_authorization_request_endpoint)" "" -d response_type=code -d scope=openid -d ui_locales=en \
  --data-urlencode "redirect_uri=$REDIRECT_URI" -d "state=$state" -d "nonce=$nonce" \
  --data-urlencode "claims=$claims" -d code_challenge_method=S256 \
  -d "code_challenge=$(printf %s "$verifier" | openssl dgst -sha256 -binary | base64url)"
request=$(jq -r '.request_uri | @uri' "$work/body")

# 3. The browser goes there, and comes back to REDIRECT_URI. A web server would read that request; we read a line.
echo "$(at authorization_endpoint)?client_id=$CLIENT_ID&request_uri=$request"
read -r back
parameter() { sed -n "s/.*[?&]$1=\([^&]*\).*/\1/p" <<<"$back"; }
decoded() { local text=${1//+/ }; printf '%b' "${text//%/\\x}"; }
[ "$(parameter state)" = "$state" ] && [ "$(decoded "$(parameter iss)")" = "$ISSUER" ] || { echo "not to our request" >&2; exit 1; }
[ -z "$(parameter error)" ] || { echo "Nobody signed in: $(parameter error)" >&2; exit 1; }

# 4. The code becomes tokens. The ID token came from the token endpoint itself, over TLS: its signature need not be
#    checked then (OpenID Connect Core §3.1.3.7, 6); what it says must be.
call POST "$(at token_endpoint)" "" -d grant_type=authorization_code -d "code_verifier=$verifier" \
  --data-urlencode "code=$(decoded "$(parameter code)")" --data-urlencode "redirect_uri=$REDIRECT_URI"
access=$(jq -r .access_token "$work/body")
person=$(claims_of "$(jq -r .id_token "$work/body")")
jq -e --arg i "$ISSUER" --arg c "$CLIENT_ID" --arg n "$nonce" \
  '.iss == $i and .aud == $c and .nonce == $n and .exp > now' <<<"$person" >/dev/null

# 5. What the person agreed to tell.
call GET "$(at userinfo_endpoint)" "$access"
told=$(cat "$work/body")
[ "$(jq -r .sub <<<"$told")" = "$(jq -r .sub <<<"$person")" ]

# 6. A record for them, sealed by the gateway. Our own token: no person is needed for that.
call POST "$(at token_endpoint)" "" -d grant_type=client_credentials -d scope=documents:issue
own=$(jq -r .access_token "$work/body")
metadata=$(jq -c '{subject: .sub, title: {en: "Licence"}, kind: "licence", language: "en"}' <<<"$person")
printf %s "$metadata" >"$work/metadata.json"
call POST "$ISSUER/api/v1/documents" "$own" -H "Idempotency-Key: $(random)" \
  -F "metadata=<$work/metadata.json;type=application/json" -F "file=@$1;type=application/pdf"
record=$(cat "$work/body")

# 7. Sealed at once, or soon: `received` means that the gateway goes on trying. Anybody can verify it, without a token.
verdict=null
if [ "$(jq -r .state <<<"$record")" = sealed ]; then
  call GET "$ISSUER/api/v1/documents/$(jq -r .id <<<"$record")/content" "$own"
  verdict=$(curl -fsS -H 'Content-Type: application/pdf' --data-binary "@$work/body" "$ISSUER/api/v1/verifications" | jq -c .verdict)
fi
jq -nc --argjson person "$person" --argjson told "$told" --argjson record "$record" --argjson verdict "$verdict" '$ARGS.named'
