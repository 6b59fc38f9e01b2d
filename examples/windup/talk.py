"""A console for the garden, by WebSocket.

Shows: websocket, receive, send, close, subprotocols, to send to all clients.
Run as: /main.py
"""

from windup import WindUp

app = WindUp()
clients = []


@app.websocket("/console", protocols=("garden.1",), message_max=200)
async def console(request, ws):
    clients.append(ws)
    try:
        while True:
            message = await ws.receive()
            if message is None:
                break
            await answer(ws, message)
    finally:
        clients.remove(ws)


async def answer(ws, message):
    if message == "bye":
        await ws.close(1000, "The garden sleeps")
    elif message.startswith("all "):
        for client in list(clients):
            await client.send(message[4:])
    else:
        await ws.send(f"What is {message}?")


app.run(port=80)
