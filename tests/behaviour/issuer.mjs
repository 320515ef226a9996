// A certified provider of OpenID Connect that gives programs access tokens which others check by its published keys.
// Usage: node issuer.mjs FOLDER PORT, with `oidc-provider` installed in FOLDER.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, port] = process.argv.slice(2);
const { resolve } = createRequire(pathToFileURL(`${folder}/`));
const { default: Provider } = await import(pathToFileURL(resolve("oidc-provider")));

const client = (id) => ({
  client_id: id, client_secret: "a secret: of development", grant_types: ["client_credentials"], redirect_uris: [], response_types: [],
});
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [client("robot"), client("other-robot")],
  cookies: { keys: ["of development"] },
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, audience) => ({ audience, scope: "", accessTokenFormat: "jwt", accessTokenTTL: 600 }),
    },
  },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
