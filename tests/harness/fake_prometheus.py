# SPDX-License-Identifier: MIT
"""A small server that is asked as Prometheus is, and gives the answers of a test."""
import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
	"""`answer(form)` gives status and body; what was asked is kept."""
	daemon_threads = True

	def __init__(self, answer, context=None):
		super().__init__(("127.0.0.1", 0), Handler)
		self.answer, self.asked = answer, []
		if context:
			self.socket = context.wrap_socket(self.socket, server_side=True)
		self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.server_port}"
		threading.Thread(target=self.serve_forever, daemon=True).start()

	def handle_error(self, request, client_address):
		pass


class Handler(BaseHTTPRequestHandler):
	protocol_version = "HTTP/1.1"

	def do_POST(self):
		form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode(), strict_parsing=True))
		self.server.asked.append((self.path, form, dict(self.headers)))
		status, body = self.server.answer(form)
		if status is None:
			self.close_connection = True
			return
		body = body if isinstance(body, bytes) else body.encode()
		self.send_response(status)
		self.send_header("Content-Length", str(len(body)))
		self.end_headers()
		self.wfile.write(body)

	def log_message(self, *_):
		pass


def matrix(form, *series):
	"""An answer with a point a step for each (labels, function of the time)."""
	start, end, step = (round(float(form[name]) * 1000) for name in ("start", "end", "step"))
	times = [t / 1000 for t in range(start, end + 1, step)]
	if len(times) > 11000:
		return 400, json.dumps({"status": "error", "errorType": "bad_data",
					"error": "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"})
	result = [{"metric": labels, "values": [[t, value(t)] for t in times if value(t) is not None]} for labels, value in series]
	return 200, json.dumps({"status": "success", "data": {"resultType": "matrix", "result": result}})
