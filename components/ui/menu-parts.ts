export { DropdownMenu as menu } from "radix-ui";
