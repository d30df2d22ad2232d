import { decodeJwt, jwtVerify } from "jose";
import { expect, it } from "vitest";
import { Signer } from "./signer";

const SECRET = "a secret of at least thirty-two bytes";

it("signs tokens for REST that hold for two minutes", async () => {
  const signer = await Signer.create("key", SECRET);
  const { payload, protectedHeader } = await jwtVerify(
    await signer.rest(),
    new TextEncoder().encode(SECRET),
  );
  expect(protectedHeader.alg).toBe("HS256");
  expect(payload).toMatchObject({ apikey: "key", version: 2, roles: ["crawler"] });
  expect((payload.exp ?? 0) - (payload.nbf ?? 0)).toBe(150);
});

it("signs tokens for one room", async () => {
  const signer = await Signer.create("key", SECRET);
  const claims = decodeJwt(await signer.room("standup"));
  expect(claims).toMatchObject({ iss: "key", video: { room: "standup", roomAdmin: true } });
});

it("uses a token again until its last minute", async () => {
  let now = 1_700_000_000_000;
  const signer = await Signer.create("key", SECRET, () => now);
  const first = await signer.rest();
  now += 59_000;
  expect(await signer.rest()).toBe(first);
  now += 2_000;
  expect(await signer.rest()).not.toBe(first);
});
