import { Loader } from "@mantine/core";
import { useMeeting } from "@plenum/react-sdk";
import { useState } from "react";
import { t } from "../strings";

/** Says that the connection is lost, until it is back. */
export function Banner() {
  const [lost, setLost] = useState(false);
  useMeeting({ onMeetingStateChanged: ({ state }) => setLost(state === "RECONNECTING") });
  if (!lost) return null;
  return (
    <div className="banner" role="alert" data-testid="reconnecting">
      <Loader size={16} color="currentColor" /> {t("reconnecting")}
    </div>
  );
}
