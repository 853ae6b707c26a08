// @tus/server with its file store on a free loopback port. Argument: the folder. Prints {"port": N} on one line.
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";

const [directory] = process.argv.slice(2);
const server = new Server({ path: "/files", datastore: new FileStore({ directory }) });
const http = server.listen({ host: "127.0.0.1", port: 0 }, () => {
  console.log(JSON.stringify({ port: http.address().port }));
});
