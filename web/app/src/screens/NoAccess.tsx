import { Code, Text } from "@mantine/core";
import type { AccessFailure } from "../entry/access";
import { t } from "../strings";
import { Message } from "./Message";

/** Says how to open the app when the address does not do it. */
export function NoAccess({ failure }: { failure: AccessFailure }) {
  const reload = [{ label: t("tryAgain"), act: () => window.location.reload() }];
  if (failure === "unreachable")
    return (
      <Message
        title={t("unreachableTitle")}
        text={t("unreachableText")}
        actions={reload}
        testId="unreachable"
      />
    );
  if (failure === "no-room")
    return <Message title={t("noRoomTitle")} text={t("noRoomText")} testId="no-room" />;
  const example = `${window.location.origin}${window.location.pathname}?room=ROOM#token=TOKEN`;
  return (
    <Message title={t("noTokenTitle")} text={t("noTokenText")} testId="no-token">
      <Code block>{example}</Code>
      <Text c="dimmed">{t("noTokenDev")}</Text>
      <Code block>plenum serve --dev</Code>
    </Message>
  );
}
