import {
  BellRing,
  Blocks,
  Box,
  Braces,
  CalendarClock,
  CircleAlert,
  CircleHelp,
  CircleSlash,
  Columns3,
  GitBranch,
  Globe,
  Inbox,
  Mail,
  Merge,
  OctagonX,
  Play,
  Radar,
  RadioTower,
  Reply,
  Repeat,
  RotateCw,
  Route,
  ScrollText,
  ShieldCheck,
  Signpost,
  SkipForward,
  Sparkles,
  Split,
  SquareFunction,
  Timer,
  UserCheck,
  Webhook,
  Waypoints,
  Waves,
  Rabbit,
  PlugZap,
  CloudDownload,
  CloudUpload,
  Database,
  DatabaseZap,
  Workflow,
  type LucideIcon,
} from "lucide-react";
import { cn } from "@/components/ui/class-names";

/** Icons by the name that a kind's spec gives. Named one by one, so that the page does not load all of them. */
const ICONS: Readonly<Record<string, LucideIcon>> = {
  braces: Braces,
  "calendar-clock": CalendarClock,
  "circle-alert": CircleAlert,
  "circle-slash": CircleSlash,
  "columns-3": Columns3,
  "git-branch": GitBranch,
  globe: Globe,
  mail: Mail,
  merge: Merge,
  "octagon-x": OctagonX,
  play: Play,
  radar: Radar,
  "radio-tower": RadioTower,
  reply: Reply,
  repeat: Repeat,
  "rotate-cw": RotateCw,
  route: Route,
  "scroll-text": ScrollText,
  "shield-check": ShieldCheck,
  signpost: Signpost,
  "skip-forward": SkipForward,
  sparkles: Sparkles,
  split: Split,
  "square-function": SquareFunction,
  timer: Timer,
  "user-check": UserCheck,
  webhook: Webhook,
  waypoints: Waypoints,
  waves: Waves,
  rabbit: Rabbit,
  "plug-zap": PlugZap,
  "cloud-download": CloudDownload,
  "cloud-upload": CloudUpload,
  inbox: Inbox,
  database: Database,
  "database-zap": DatabaseZap,
  workflow: Workflow,
  "bell-ring": BellRing,
  blocks: Blocks,
};

const TINTS: Readonly<Record<string, string>> = {
  Triggers: "bg-status-succeeded/12 text-status-succeeded",
  Data: "bg-primary/12 text-primary",
  Network: "bg-status-running/12 text-status-running",
  People: "bg-status-waiting/12 text-status-waiting",
  AI: "bg-status-waiting/12 text-status-waiting",
  Runs: "bg-status-blocked/12 text-status-blocked",
};

export function KindIcon({ icon, group, isKnown, small = false }: { icon: string; group: string; isKnown: boolean; small?: boolean }) {
  const Icon = isKnown ? (ICONS[icon] ?? Box) : CircleHelp;
  return (
    <span
      aria-hidden
      className={cn(
        "flex shrink-0 items-center justify-center rounded-md",
        small ? "size-6 [&_svg]:size-3.5" : "size-8 [&_svg]:size-4",
        TINTS[group] ?? "bg-muted text-muted-foreground",
      )}
    >
      <Icon />
    </span>
  );
}
