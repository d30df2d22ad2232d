import assert from 'node:assert/strict';
import { until } from '../lib/poll.mjs';

/** The quick start as a person uses it: one makes a meeting, the other joins it by its id. */
export async function quickStart(stage) {
  const token = stage.token(undefined, { roles: undefined });
  const path = `/quick_start.html?token=${token}&endpoint=${encodeURIComponent(stage.server.httpUrl)}`;
  const ada = await stage.person('ada', path);
  const ben = await stage.person('ben', path);
  await ada.page.click('#createMeetingBtn');
  await ada.page.waitForSelector('#grid-screen', { state: 'visible' });
  const heading = await ada.page.textContent('#meetingIdHeading');
  await ben.page.fill('#meetingIdTxt', heading.replace('Meeting Id: ', ''));
  await ben.page.click('#joinBtn');
  const plays = (person) =>
    person.page.evaluate(
      () =>
        [...document.querySelectorAll('video')].filter((v) => v.videoWidth && v.currentTime > 0.3)
          .length,
    );
  for (const person of [ada, ben]) {
    await until(
      `${person.name} sees both`,
      () => plays(person),
      (n) => n === 2,
    );
    await until(`${person.name} hears the other`, () =>
      person.page.evaluate(() => document.querySelector('audio')?.currentTime > 0.3),
    );
  }
  await ben.page.click('#toggleWebCamBtn');
  await ben.page.click('#toggleMicBtn');
  await until('ben is off for ada', () =>
    ada.page.evaluate(() =>
      [...meeting.participants.values()].every((p) => !p.webcamOn && !p.micOn),
    ),
  );
  await ben.page.click('#leaveBtn');
  await until('ada is alone', () =>
    ada.page.evaluate(() => document.querySelectorAll('audio').length === 0),
  );
  assert.equal(await ben.page.isVisible('#join-screen'), true);
}
