// Access tokens, made with the public server SDK, and broken ones made by hand.
import { createHmac, randomBytes } from 'node:crypto';
import { AccessToken } from 'livekit-server-sdk';

export const API_KEY = process.env.PLENUM_API_KEY ?? 'devkey';
export const API_SECRET = process.env.PLENUM_API_SECRET ?? 'secret';

/** A room name nobody used before, so that tests cannot meet each other. */
export const freshRoom = (stem = 'room') => `${stem}-${randomBytes(4).toString('hex')}`;

/**
 * @param {{room: string, identity: string, name?: string, metadata?: string,
 *   attributes?: Record<string, string>, grants?: object, ttlSeconds?: number}} options grants
 *   override the defaults (join, publish, subscribe all)
 */
export async function mint({
  room,
  identity,
  name,
  metadata,
  attributes,
  grants,
  ttlSeconds = 3600,
}) {
  const token = new AccessToken(API_KEY, API_SECRET, {
    identity,
    name,
    metadata,
    attributes,
    ttl: ttlSeconds,
  });
  token.addGrant({ room, roomJoin: true, ...grants });
  return token.toJwt();
}

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const nowSeconds = () => Math.floor(Date.now() / 1000);

/** Claims of a token that would be accepted. */
export const goodClaims = (room, identity) => ({
  iss: API_KEY,
  sub: identity,
  nbf: nowSeconds() - 5,
  exp: nowSeconds() + 3600,
  video: { room, roomJoin: true },
});

/** Signs any claims with any header and secret: for tokens the SDK refuses to make. */
export function forge(
  claims,
  { header = { alg: 'HS256', typ: 'JWT' }, secret = API_SECRET, digest = 'sha256' } = {},
) {
  const signed = `${base64url(header)}.${base64url(claims)}`;
  return `${signed}.${createHmac(digest, secret).update(signed).digest('base64url')}`;
}

/** An unsigned token, as `alg: none` allows. */
export const unsigned = (claims) =>
  `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url(claims)}.`;

/** The claims inside a token, unverified. */
export const claimsOf = (token) =>
  JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
