import { Alert, Code, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ApiError } from "../api/result";

/** What went wrong, and what finds it in the server's log. */
export function Failure({ error, title }: { error: ApiError; title: string }) {
  return (
    <Alert className="failure" role="alert" title={title} icon={<IconAlertTriangle />} color="red">
      {error.message}
      {error.requestId && (
        <Text size="xs" mt={4}>
          Request <Code>{error.requestId}</Code>
        </Text>
      )}
    </Alert>
  );
}
