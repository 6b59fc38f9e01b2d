"""tinyweb's site: files and images from a folder, and customers as a REST resource.

Run as: /main.py
"""

from windup import StaticFiles, WindUp

app = WindUp()
app.add_generator(StaticFiles("/static"))
customers = {"1": {"name": "Jack"}, "2": {"name": "Bob"}}


@app.resource("/customers")
class Customers:
    def get(self, request):
        return customers

    def post(self, request):
        customers[str(len(customers) + 1)] = request.json()
        return {"message": "created"}, 201


app.run(port=80)
