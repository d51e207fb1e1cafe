import { Badge } from "@/components/ui/badge";
import type { DeliveryView } from "@/server/alerts/contract";

const LOOK = {
  pending: ["To be sent", "warning"],
  sent: ["Sent", "success"],
  failed: ["Failed", "danger"],
  cancelled: ["Not needed", "neutral"],
} as const satisfies Record<DeliveryView["status"], readonly [string, string]>;

export function DeliveryStatus({ status }: { status: DeliveryView["status"] }) {
  const [label, tone] = LOOK[status];
  return <Badge tone={tone}>{label}</Badge>;
}
