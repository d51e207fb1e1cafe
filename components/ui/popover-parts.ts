export { Popover as popover } from "radix-ui";
