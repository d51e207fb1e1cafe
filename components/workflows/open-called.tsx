"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { SquareArrowOutUpRight } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { toast } from "@/components/ui/toast";
import { useTRPC } from "@/components/data/trpc";
import { readRefusal } from "@/components/data/problem";
import { useHref } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { calledBy, type Called } from "./called-by";

const STALE_MILLISECONDS = 60_000;

/** The way from a step into the workflow that it starts, or the block that it is. Nothing while none is chosen, or when an expression chooses it. */
export function OpenCalled({ kind, config }: { kind: unknown; config: unknown }) {
  const trpc = useTRPC();
  const href = useHref();
  const called = calledBy(kind, config);
  const isWorkflow = called?.kind === "workflow";
  const named = useQuery({ ...trpc.workflows.names.queryOptions({ refs: [called?.ref ?? "-"] }), enabled: isWorkflow, staleTime: STALE_MILLISECONDS });
  const workflow = isWorkflow ? namedBy(called, named.data) : undefined;
  if (called === null || (isWorkflow && workflow === undefined)) return null;
  return (
    <Button asChild size="sm" className="max-w-full self-start">
      <Link href={href(workflow === undefined ? blockPath(called) : `/workflows/${workflow.id}`)}>
        <SquareArrowOutUpRight aria-hidden />
        <span className="truncate">{workflow === undefined ? "Open the block" : `Open ${workflow.name}`}</span>
      </Link>
    </Button>
  );
}

/** The same for who uses keys and menus. */
export function useOpenCalled(): (kind: unknown, config: unknown) => Promise<void> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const router = useRouter();
  const href = useHref();
  return async (kind, config) => {
    const called = calledBy(kind, config);
    if (called === null) return void toast.info("Select a step first that starts a workflow or is a block.");
    if (called.kind === "block") return router.push(href(blockPath(called)));
    try {
      const workflow = namedBy(called, await queryClient.fetchQuery({ ...trpc.workflows.names.queryOptions({ refs: [called.ref] }), staleTime: STALE_MILLISECONDS }));
      if (workflow === undefined) toast.error(`There is no workflow ${called.ref} here, or not for you.`);
      else router.push(href(`/workflows/${workflow.id}`));
    } catch (error) {
      toast.error(readRefusal(error).message);
    }
  };
}

function namedBy({ ref }: Called, workflows: readonly { id: string; slug: string; name: string }[] | undefined) {
  return workflows?.find(({ id, slug, name }) => [id, slug, name].includes(ref));
}

function blockPath({ ref, version }: Called): string {
  return `/workflows/blocks/${encodeURIComponent(ref)}${version === null ? "" : `?version=${version}`}`;
}
