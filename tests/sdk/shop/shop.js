'use strict';

// The shop's server with the JavaScript SDK.

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { connected, url } = require('../js/vinculo');

const PAGE = fs.readFileSync(path.join(__dirname, 'page.html'), 'utf8').replace('{{vinculo}}', url);
const UPDATE = 'read_institutions,write_links,read_links';

/** Starts it; where it listens, and how it ends. */
async function open() {
  const client = await connected();
  const answer = async (request) => {
    const asked = new URL(request.url, 'http://shop');
    if (request.method === 'POST') {
      let text = '';
      for await (const piece of request) text += piece;
      return client.links.detail(JSON.parse(text).link);
    }
    if (asked.pathname !== '/get-access-token') return PAGE;
    const link = asked.searchParams.get('link');
    const widget = { branding: { company_name: 'A shop' } };
    return client.widgetToken.create(link ? { link, scopes: UPDATE, widget } : { widget });
  };
  const server = http.createServer((request, response) => {
    answer(request).then(
      (said) => {
        const page = typeof said === 'string';
        response.setHeader('Content-Type', page ? 'text/html; charset=utf-8' : 'application/json');
        response.end(page ? said : JSON.stringify(said));
      },
      (error) => {
        response.statusCode = 500;
        response.end(String(error));
      },
    );
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  const close = () => { server.closeAllConnections(); server.close(); };
  return { url: `http://localhost:${server.address().port}`, close };
}

module.exports = { open };
