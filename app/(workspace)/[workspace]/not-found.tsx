import { Lost } from "@/components/shell/lost";

export default function WorkspaceNotFound() {
  return <Lost />;
}
