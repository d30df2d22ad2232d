// @vitest-environment node
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import {
  MeetingProvider,
  useMeeting,
  useParticipant,
  usePubSub,
  VideoPlayer,
} from "../src/index.js";

function View() {
  const { isMeetingJoined, participants } = useMeeting({ onMeetingJoined: () => undefined });
  const { displayName } = useParticipant("a");
  const { messages } = usePubSub("CHAT");
  return (
    <p>
      {String(isMeetingJoined)} {participants.size} {displayName} {messages.length}
      <VideoPlayer participantId="a" />
    </p>
  );
}

test("a server renders the meeting as it is before joining", () => {
  expect(typeof window).toBe("undefined");
  const html = renderToString(
    <MeetingProvider config={{ meetingId: "room" }} token="token" joinWithoutUserInteraction>
      <View />
    </MeetingProvider>,
  );
  expect(html).toContain("false");
});
