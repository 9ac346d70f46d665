import { dockerCredential } from "./helpers/docker.ts";
import { serveHelper } from "./helpers/serve.ts";

void serveHelper(dockerCredential);
