declare module "virtual:remedies" {
  import type { Remedy } from "../remedies";
  const remedies: Record<string, Remedy>;
  export default remedies;
}
