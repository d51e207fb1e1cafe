const LABELS: Readonly<Record<string, string>> = {
  manual: "Manual",
  "trigger.manual": "Manual",
  api: "API",
  cli: "Command line",
  subworkflow: "Another workflow",
  rerun: "Re-run",
  webhook: "Webhook",
  github: "GitHub",
  route: "HTTP route",
  authorizer: "Decides on a caller",
  schedule: "Schedule",
  poll: "Polling",
  poller: "Looks for a poller",
  event: "Event of the platform",
  handler: "Handler",
  mqtt: "MQTT",
  redis: "Redis stream",
  amqp: "AMQP queue",
  nats: "NATS",
  kafka: "Kafka",
  sqs: "AWS SQS",
  pubsub: "Google Pub/Sub",
  pubsubPush: "Google Pub/Sub push",
  websocket: "WebSocket",
  postgres: "PostgreSQL notice",
  postgresChanges: "PostgreSQL changes",
  email: "Email",
  test: "Test",
};

/** What starts runs, in words. */
export function triggerLabel(trigger: string): string {
  return LABELS[trigger] ?? trigger;
}

/** For the filter of the runs list. */
export const TRIGGERS: readonly { value: string; label: string }[] = ["manual", "api", "cli", "webhook", "github", "route", "schedule", "poll", "event", "handler", "mqtt", "redis", "amqp", "nats", "kafka", "sqs", "pubsub", "pubsubPush", "websocket", "postgres", "postgresChanges", "email", "subworkflow", "rerun"].map((value) => ({ value, label: triggerLabel(value) }));
