// The SDK in real pages against a real server: every documented method and event is used and looked at.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { encryption, liveKitToken, reconnecting } from './sdk/connection.mjs';
import { joining, leaving, lobby } from './sdk/joining.mjs';
import { messages } from './sdk/messages.mjs';
import { outputs } from './sdk/outputs.mjs';
import { entry, ownMedia } from './sdk/own_media.mjs';
import { looking, moderation, receiving } from './sdk/people.mjs';
import { quickStart } from './sdk/quick_start.mjs';
import { Stage } from './sdk/stage.mjs';
import { BY_UNIT_TESTS, TABLE } from './sdk/table.mjs';

const CHAPTERS = {
  joining,
  lobby,
  leaving,
  moderation,
  receiving,
  looking,
  ownMedia,
  entry,
  messages,
  outputs,
  reconnecting,
  encryption,
  liveKitToken,
  quickStart,
};

let stage;
before(async () => {
  stage = await Stage.open();
});
after(() => stage?.close());

for (const [name, chapter] of Object.entries(CHAPTERS))
  test(name, { timeout: 90_000 }, async () => {
    try {
      await chapter(stage);
    } catch (error) {
      error.message += `\n--- server\n${stage.server.log(20)}`;
      throw error;
    } finally {
      await stage.clear();
    }
  });

test('everything that there is has been used', () => {
  const known = [...TABLE.keys(), ...BY_UNIT_TESTS];
  assert.deepEqual([...stage.surface].sort(), known.sort());
  const unused = known.filter(
    (name) => !stage.called.has(name) && !stage.told.has(name) && !BY_UNIT_TESTS.includes(name),
  );
  assert.deepEqual(unused, []);
  for (const chapter of TABLE.values()) assert.ok(CHAPTERS[chapter], chapter);
});
