"use client";

import { useQuery } from "@tanstack/react-query";
import { SquareArrowOutUpRight } from "lucide-react";
import Link from "next/link";
import { useTRPC } from "@/components/data/trpc";
import { useHref } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";

/** The way from a step into the workflow that it starts. Nothing while none is chosen, or when an expression chooses it. */
export function OpenSubworkflow({ workflow }: { workflow: unknown }) {
  const trpc = useTRPC();
  const href = useHref();
  const isNamed = typeof workflow === "string" && workflow !== "" && !workflow.includes("{{");
  const named = useQuery({ ...trpc.workflows.names.queryOptions({ refs: [isNamed ? workflow : "-"] }), enabled: isNamed, staleTime: 60_000 });
  const found = named.data?.find(({ id, slug, name }) => [id, slug, name].includes(String(workflow)));
  if (!isNamed || found === undefined) return null;
  return (
    <Button asChild size="sm" className="max-w-full self-start">
      <Link href={href(`/workflows/${found.id}`)}>
        <SquareArrowOutUpRight aria-hidden />
        <span className="truncate">Open {found.name}</span>
      </Link>
    </Button>
  );
}
