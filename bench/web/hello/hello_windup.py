"""The smallest useful program on WindUp: one page."""

from windup import WindUp

app = WindUp()


@app.get("/")
def hello(request):
    return "Hello, world!"


# Limits as boards/ESP8266_GENERIC/etc/windup.json has them
app.run(port=18080, connections=3, chunk=512)
