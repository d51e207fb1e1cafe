import { SearchX } from "lucide-react";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

export function Lost() {
  return (
    <EmptyState
      icon={SearchX}
      title="There is nothing at this address"
      actions={
        <Button asChild>
          <Link href="/">Go to the start page</Link>
        </Button>
      }
    >
      <p>It may have been removed, or it belongs to a workspace you are not a member of.</p>
    </EmptyState>
  );
}
