import { cn } from "@/components/ui/class-names";
import type { DeploymentsOfWorkflow } from "@/server/deployments/contract";
import type { EnvironmentName } from "@/server/environments/contract";

const DOTS: Readonly<Record<EnvironmentName["color"], string>> = {
  gray: "bg-gray-500", red: "bg-red-500", orange: "bg-orange-500", green: "bg-green-500", teal: "bg-teal-500", blue: "bg-blue-500", violet: "bg-violet-500", pink: "bg-pink-500",
};

/** The name of an environment beside its colour; `children`: what it has. */
export function EnvironmentBadge({ environment: { name, color }, children, className }: { environment: Pick<EnvironmentName, "name" | "color">; children?: React.ReactNode; className?: string }) {
  return (
    <span className={cn("inline-flex max-w-full items-center gap-1.5 rounded-full border px-2 py-0.5 text-xs whitespace-nowrap text-muted-foreground", className)}>
      <span className={cn("size-2 shrink-0 rounded-full", DOTS[color])} aria-hidden />
      <span className="truncate">{name}</span>
      {children}
    </span>
  );
}

/** Which version each environment has, in one calm row. */
export function DeployedVersions({ places }: { places: DeploymentsOfWorkflow["environments"] }) {
  return (
    <span className="inline-flex flex-wrap gap-1.5">
      {places.map((place) => (
        <EnvironmentBadge key={place.id} environment={place}>
          <span className="text-foreground">{place.current === null ? "–" : `v${place.current.version.number}`}</span>
          {place.current === null ? <span className="sr-only">no version</span> : null}
        </EnvironmentBadge>
      ))}
    </span>
  );
}
