import { Skeleton } from "@/components/ui/skeleton";

export function Loading({ heading }: { heading: string }) {
  return (
    <div role="status" aria-label={`Loading ${heading.toLowerCase()}`} className="flex flex-col gap-2 p-2">
      <Skeleton className="h-4 w-24" />
      <Skeleton className="h-7" />
      <Skeleton className="h-7" />
    </div>
  );
}
